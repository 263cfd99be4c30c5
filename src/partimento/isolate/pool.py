"""Many pieces of work through a few limited child processes; none of them ends the others.

The rule: work whose process crashed, was killed from outside or ran out of memory is done once more in
a fresh process, where nothing that came before can be to blame; the second failure is final. Work that took
too long is refused at once. A child holds one piece of work at a time, so nothing else is lost with it; it is
replaced. So what becomes of a file depends on the file alone, not on its neighbours or on how many workers
there are. A file that takes its process over can do no more than tell lies about those that this process
reads after it, within what whoever unpacks the answers lets pass.
"""

import os
from concurrent.futures import Future, ThreadPoolExecutor
from queue import Empty, SimpleQueue
from threading import Lock
from types import TracebackType

from ..errors import InputError, WorkFailed
from .limits import MEMORY
from .message import Json
from .parent import begun, started
from .task import CRASHED, Function, Task, task
from .worker import Worker

MOST_WORKERS = 8  # by default
AGAIN = {CRASHED, MEMORY}  # codes of what a fresh process may do better


def usable_cores() -> int:
    """How many cores this process may run on."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def default_workers() -> int:
    """A worker for each usable core, at most MOST_WORKERS."""
    return min(usable_cores(), MOST_WORKERS)


class Pool:
    """``workers`` processes, each started when there is work for it; all end with the block.

    ``memory_mb`` bounds what a process may map beyond its imports; ``timeout_s`` bounds each piece of work.
    """

    def __init__(self, workers: int, *, memory_mb: int = 512, timeout_s: float = 4.0) -> None:
        self.memory_mb, self.timeout_s = memory_mb, timeout_s
        self._threads = ThreadPoolExecutor(workers)  # each waits for one worker
        self._idle: SimpleQueue[Worker] = SimpleQueue()
        self._running: set[Worker] = set()
        self._lock = Lock()
        self._closed = False

    def __enter__(self) -> "Pool":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        with self._lock:
            self._closed = True
            for worker in self._running:
                worker.kill()
        self._threads.shutdown(cancel_futures=True)
        for worker in self._running:
            worker.stop()

    def submit(
        self, function: Function, data: bytes, *settings: Json, subject: str = "", answer_bytes: int | None = None
    ) -> Future[bytes]:
        """``function(data, *settings)`` later, as ``isolated`` gives it, within ``answer_bytes``. Raises UsageError."""
        asked = task(function, data, settings, self.memory_mb, self.timeout_s, subject, answer_bytes)
        return self._threads.submit(self._done, asked)

    def _done(self, asked: Task) -> bytes:
        """The result, from a process that is there or else from a fresh one."""
        try:
            return self._once(asked, self._ready(asked))
        except InputError as error:
            if error.code not in AGAIN:
                raise
        return self._once(asked, self._fresh(asked))

    def _once(self, asked: Task, worker: Worker) -> bytes:
        try:
            return worker.do(asked)
        finally:
            self._put_back(worker)

    def _ready(self, asked: Task) -> Worker:
        try:
            return self._idle.get_nowait()
        except Empty:
            return self._fresh(asked)

    def _fresh(self, asked: Task) -> Worker:
        return begun(lambda: self._started(asked))

    def _started(self, asked: Task) -> Worker:
        with self._lock:
            if self._closed:
                raise WorkFailed("the pool of processes is closed")
            worker = started(asked)
            self._running.add(worker)
            return worker

    def _put_back(self, worker: Worker) -> None:
        if worker.stopped:
            with self._lock:
                self._running.discard(worker)
        else:
            self._idle.put(worker)
