"""Fault campaigns: what is promised about kills, full disks, damaged files and clocks, tried many times over."""
