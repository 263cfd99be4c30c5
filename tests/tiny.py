"""The sizes at which a family of the table takes no time; one that is not here is taken as it comes."""

RECURRENT = {"layers": 2, "units": 16, "embedding": 16, "hidden_dense": 1, "hidden_dense_size": 16, "dropout": 0.1}
PAINTER = {"steps": 8, "latent": 4, "dense_hidden": 8, "starting_channels": 4, "hidden_conv_channels": 4}
READERS = {"embedding": 4, "lstm1": 16, "lstm1_recurrent_dropout": 0.1, "lstm2": 8, "lstm2_dropout": 0.1}
TINY = {
    "gan": {**PAINTER, "dropout": 0.1, "critic_steps": 2},
    "seq2seq": {"embedding": 8, "encoder_units": 16, "decoder_units": 16, "encoder_rows": 3, "decoder_rows": 4},
    "transformer": {"layers": 1, "width": 16, "heads": 2, "time_heads": 1, "hidden": 16, "dropout": 0.1, "reach": 4},
    "lstm": RECURRENT,
    "gru": RECURRENT,
    "three-head": {"units": 16, "hidden": 16, "narrow": 16, "ahead": 2},
    "next-note": {"window": 5, "embedding": 8, "units": 16, "dropout": 0.1, "per_window": 6},
    "deepbach": {**READERS, "middle": 16, "hidden": 16, "dt": 2, "centres": 4},
    "grid-transformer": {"ahead_layers": 1, "layers": 1, "width": 16, "heads": 2, "hidden": 16},
}
