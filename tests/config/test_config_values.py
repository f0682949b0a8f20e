"""Values: every way to spell one, and the exact words for one that is refused."""

from __future__ import annotations

import pytest

from nnfs_cli.config import KEYS, load

MAX_SEED = "9,223,372,036,854,775,807"


@pytest.mark.parametrize(
    ("assignment", "key", "value"),
    [
        ("epochs=3", "epochs", 3),
        (" epochs = 3 ", "epochs", 3),
        ("epochs=1_000", "epochs", 1000),
        ("epochs=0x10", "epochs", 16),
        ("epochs=010", "epochs", 10),
        ("epochs=+5", "epochs", 5),
        ("learning_rate=.5", "learning_rate", 0.5),
        ("learning_rate=5.", "learning_rate", 5.0),
        ("learning_rate=1e-3", "learning_rate", 0.001),
        ("learning_rate=1", "learning_rate", 1.0),
        ("hidden=128,64", "hidden", (128, 64)),
        ("hidden=[128,64]", "hidden", (128, 64)),
        ("hidden=[128, 64,]", "hidden", (128, 64)),
        ("hidden=128", "hidden", (128,)),
        ("hidden=[]", "hidden", ()),
        ("optimizer=adam", "optimizer", "adam"),
        ('optimizer="adam"', "optimizer", "adam"),
        ("schedule=one-cycle", "schedule", "one-cycle"),
        ("calibrate=true", "calibrate", True),
        ("calibrate=false", "calibrate", False),
        ("threads=auto", "threads", "auto"),
        ("threads=2", "threads", 2),
        ("data=5", "data", "5"),
        ("data=true", "data", "true"),
        ("data=a=b", "data", "a=b"),
        ("data='a b'", "data", "a b"),
        ("data=[x].csv", "data", "[x].csv"),
        ("output=2024-01-01", "output", "2024-01-01"),
    ],
)
def test_set_reads_the_value_as_it_is_meant(assignment: str, key: str, value: object) -> None:
    read = getattr(load(assignments=[assignment]).values, key)
    assert read == value
    assert type(read) is type(value)


REFUSED = [
    # whole numbers
    ("epochs=0", "epochs must be a whole number of at least 1, got 0", None),
    ("epochs=1000001", "epochs must be a whole number of at most 1,000,000, got 1000001", None),
    ("epochs=20.0", "epochs must be a whole number, got 20.0", "write 20"),
    ("epochs=1e3", "epochs must be a whole number, got 1000.0", "write 1000"),
    ("epochs=1.5", "epochs must be a whole number, got 1.5", None),
    ("epochs=true", "epochs must be a whole number, got true", None),
    ("epochs=ten", "epochs must be a whole number, got 'ten'", None),
    ("epochs='3'", "epochs must be a whole number, got '3'", None),
    ("epochs=nan", "epochs must be a whole number, got nan", None),
    ("epochs=[3]", "epochs must be a whole number, got a list", None),
    ("epochs={a=1}", "epochs must be a whole number, got a group of keys", None),
    ("epochs=2020-01-01", "epochs must be a whole number, got the date 2020-01-01", None),
    ("epochs=", "epochs has no value", None),
    ("epochs=null", "epochs has no value", None),
    ("classes=1", "classes must be a whole number of at least 2, got 1", None),
    ("seed=-1", "seed must be a whole number of at least 0, got -1", None),
    (
        "seed=9223372036854775808",
        f"seed must be a whole number of at most {MAX_SEED}, got 9223372036854775808",
        None,
    ),
    # numbers
    ("learning_rate=0", "learning_rate must be a number above 0, got 0", None),
    ("learning_rate=-.1", "learning_rate must be a number above 0, got -0.1", None),
    ("learning_rate=nan", "learning_rate must be a finite number, got nan", None),
    ("learning_rate=.NaN", "learning_rate must be a finite number, got nan", None),
    ("learning_rate=inf", "learning_rate must be a finite number, got inf", None),
    ("learning_rate=-.inf", "learning_rate must be a finite number, got -inf", None),
    ("learning_rate=1e999", "learning_rate must be a finite number, got inf", None),
    ("learning_rate=fast", "learning_rate must be a number, got 'fast'", None),
    ("learning_rate=false", "learning_rate must be a number, got false", None),
    ("dropout=1", "dropout must be a number below 1, got 1", None),
    ("warmup=1.5", "warmup must be a number of at most 1, got 1.5", None),
    ("momentum=-0.5", "momentum must be a number of at least 0, got -0.5", None),
    # choices
    ("optimizer=adm", "unknown optimizer 'adm'", "did you mean 'adam'?"),
    ("activation=xyz", "unknown activation 'xyz'", "choose one of: sigmoid, tanh, relu"),
    ("init=1", "init must be one of lecun, glorot, he, got 1", None),
    ("dtype=", "dtype has no value", None),
    ("calibrate=1", "calibrate must be true or false, got 1", None),
    ("calibrate=yes", "calibrate must be true or false, got 'yes'", None),
    ("rotation=181", "rotation must be a number of at most 180, got 181", None),
    ("styles=-0.1", "styles must be a number of at least 0, got -0.1", None),
    ("threads=0", "threads must be auto, pair or a whole number of at least 1, got 0", None),
    ("threads=many", "threads must be auto, pair or a whole number, got 'many'", None),
    ("threads=2.0", "threads must be auto, pair or a whole number, got 2.0", "write 2"),
    ("threads=true", "threads must be auto, pair or a whole number, got true", None),
    # layers
    ("hidden=0", "each number in hidden must be a whole number of at least 1, got 0", None),
    (
        "hidden=100001",
        "each number in hidden must be a whole number of at most 100,000, got 100001",
        None,
    ),
    ("hidden=64,1.5", "each number in hidden must be a whole number, got 1.5", None),
    ("hidden=64,true", "each number in hidden must be a whole number, got true", None),
    ("hidden=[[64]]", "each number in hidden must be a whole number, got a list", None),
    ("hidden=", "hidden has no value", "for a network without hidden layers: --set hidden=[]"),
    *(
        (
            f"hidden={text}",
            "hidden lacks a number: there is nothing before or after a comma",
            "write hidden = [128, 64], or --set hidden=128,64",
        )
        for text in (",", "64,", ",64", "64,,64")
    ),
    (
        "hidden=[64",
        "hidden must be a list of whole numbers, got '[64'",
        "write hidden = [128, 64], or --set hidden=128,64",
    ),
    ("hidden=" + ",".join("1" * 33), "hidden must be a list of at most 32 numbers, got 33", None),
    # paths
    ("data=", "data is empty", None),
    ("output=''", "output is empty", None),
    ("output=a\0b", r"output must be text without NUL and in UTF-8, got 'a\x00b'", None),
    ("data=\udcff", r"data must be text without NUL and in UTF-8, got '\udcff'", None),
    ("data=" + "x" * 2049, "data must be text of at most 2,048 characters, got 2,049", None),
    # surrogates where no text is due
    ("seed=\udcff", r"seed must be a whole number, got '\udcff'", None),
    ("threads=\udcff", r"threads must be auto, pair or a whole number, got '\udcff'", None),
    ("hidden=\udcff", r"each number in hidden must be a whole number, got '\udcff'", None),
    # keys
    ("epoch=3", "unknown key 'epoch'", "did you mean 'epochs'?"),
    ("learning-rate=3", "unknown key 'learning-rate'", "did you mean 'learning_rate'?"),
    ("qqqq=3", "unknown key 'qqqq'", "choose one of: " + ", ".join(KEYS)),
    ("a\x1b=3", r"unknown key 'a\x1b'", "choose one of: " + ", ".join(KEYS)),
    # form
    ("epochs", "not of the form KEY=VALUE", "write --set epochs=20"),
    ("=3", "not of the form KEY=VALUE", "write --set epochs=20"),
    ("", "not of the form KEY=VALUE", "write --set epochs=20"),
]


@pytest.mark.parametrize(("assignment", "problem", "hint"), REFUSED, ids=[r[1] for r in REFUSED])
def test_set_refuses_in_plain_words(
    assignment: str, problem: str, hint: str | None, refusal
) -> None:
    error = refusal(assignments=[assignment])
    where, _, said = error.message.partition(f": {problem}")
    assert said == ""
    assert error.message.endswith(f": {problem}")
    assert where == f"--set {assignment}" or not assignment.isprintable() or len(assignment) > 60
    assert error.hint == hint


@pytest.mark.parametrize("name", ["x.toml", "x.yaml"])
def test_file_is_refused_in_the_same_words_with_its_line(name: str, write, refusal) -> None:
    text = "seed: 1\nepochs: 0\n"
    error = refusal(write(text.replace(":", " =") if name == "x.toml" else text, name))
    assert error.message == f"{name} line 2: epochs must be a whole number of at least 1, got 0"


def test_flag_is_refused_in_the_same_words(refusal) -> None:
    problem = "epochs must be a whole number of at least 1, got 0"
    assert refusal(flags={"epochs": 0}).message == f"--epochs 0: {problem}"
    assert refusal(flags={"epochs": "0"}).message == f"--epochs 0: {problem}"
    assert refusal(flags={"hidden": [8, 0]}).message.startswith("--hidden 8,0: each number in ")
    assert refusal(flags={"data": ""}).message == "--data '': data is empty"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("0x" + "F" * 5000, "a number of about 6,021 digits"),
        ("9" * 5000, repr("9" * 57 + "...")),
    ],
)
def test_enormous_number_is_refused_and_not_written_out(text: str, shown: str, refusal) -> None:
    assert refusal(assignments=[f"seed={text}"]).message.endswith(f", got {shown}")
    assert refusal(assignments=[f"learning_rate={text}"]).message.endswith(f", got {shown}")


def test_second_line_in_a_set_is_not_a_second_key(refusal) -> None:
    error = refusal(assignments=["epochs=1\nseed = 3"])
    assert error.message == (
        r"--set 'epochs=1\nseed = 3': epochs must be a whole number, got '1\nseed = 3'"
    )


def test_deep_nesting_in_a_set_is_refused(refusal) -> None:
    text = "[" * 100_000
    assert (
        "hidden must be a list of whole numbers" in refusal(assignments=[f"hidden={text}"]).message
    )


def test_weight_decay_needs_adamw(refusal, write) -> None:
    error = refusal(write("seed = 1\nweight_decay = 0.1"), flags={"optimizer": "adam"})
    assert error.message == "x.toml line 2: weight_decay needs the optimizer adamw, not adam"
    assert error.hint == "set optimizer to adamw, or weight_decay to 0"
    assert load(assignments=["weight_decay=0.1", "optimizer=adamw"]).values.weight_decay == 0.1
    assert load(assignments=["weight_decay=0"]).values.optimizer == "sgd"


def test_patience_needs_a_validation_set(refusal) -> None:
    error = refusal(flags={"patience": 3})
    assert error.message == "--patience 3: patience needs a validation set, but validation is 0"
    assert error.hint == "set validation to a number of rows such as 5000, or patience to 0"
    assert load(assignments=["patience=3", "validation=100"]).values.patience == 3
