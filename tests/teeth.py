"""Teeth: seeds bugs into a copy of the project, one at a time, and shows that the suite bites each.

    python tests/teeth.py                        all of them, some minutes on two cores
    python tests/teeth.py 3 28-33                only these
    python tests/teeth.py --write docs/teeth.md  and write the table down

The tests most likely to bite run first, then all the others, until one fails. A bug whose place is
no longer in the code is an error: it has to be seeded anew.
"""

from __future__ import annotations

import argparse
import datetime
import os
import platform
import queue
import re
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

PROJECT = Path(__file__).resolve().parents[1]
LEFT_OUT = (".*", "__pycache__", "data", "model", "build", "dist")
PROCESSES = 2
SECONDS = 600.0  # a suite that has not ended by then hangs, which nobody overlooks


class Bug(NamedTuple):
    """A mistake: in `file` the text `old`, there exactly once, becomes `new`."""

    file: str
    what: str
    old: str
    new: str
    tests: str  # the tests to run first


class Bite(NamedTuple):
    """How it went: the test that failed, or None; and the seconds until then."""

    test: str | None
    seconds: float


# fmt: off
BUGS = [
    Bug("engine/ops.py", "sigmoid: a sign in the derivative",
        "np.subtract(1.0, out, out=dx)", "np.add(1.0, out, out=dx)", "engine"),
    Bug("engine/ops.py", "dense: dx with weights reshaped, not transposed",
        "np.matmul(dout, weight.T, out=dx)",
        "np.matmul(dout, weight.reshape(weight.T.shape), out=dx)", "engine"),
    Bug("engine/ops.py", "cross-entropy: no 1/N in the gradient",
        "rows, classes = probs.shape", "rows, classes = 1, probs.shape[1]", "engine"),
    Bug("engine/ops.py", "softmax: the maximum is not subtracted",
        "np.subtract(logits, np.maximum.reduce(logits, axis=1, keepdims=True), out=out)",
        "np.copyto(out, logits)", "engine"),
    Bug("engine/ops.py", "cross-entropy: one maximum for all rows",
        "np.subtract(logits, pick(logits, guesses)[:, None], out=probs)",
        "np.subtract(logits, logits.max(), out=probs)", "engine"),
    Bug("engine/ops.py", "label smoothing: over C - 1 classes",
        "smoothing / classes / rows", "smoothing / max(1, classes - 1) / rows", "engine"),
    Bug("engine/ops.py", "ReLU: a slope where the unit is off",
        "np.sign(out, out=dx)", "np.greater_equal(out, 0.0, out=dx)", "engine"),
    Bug("engine/ops.py", "dropout: kept units are not scaled up",
        "return np.multiply(mask, 1.0 / (1.0 - drop), out=mask)", "return mask", "engine"),
    Bug("engine/layers.py", "dropout: also when predicting",
        "        if not training:\n            return x\n", "", "engine"),
    Bug("engine/ops.py", "dense: dbias is a mean, not a sum",
        "np.dot(ones(len(dout), dout.dtype), dout, out=dbias)",
        "np.mean(dout, axis=0, out=dbias)", "engine"),
    Bug("engine/initializers.py", "He: by the units, not the inputs",
        "return math.sqrt(2.0 / inputs)", "return math.sqrt(2.0 / units)", "engine"),
    Bug("engine/optimizers.py", "Adam: v without its bias correction",
        "root = math.sqrt((1.0 - self.beta2) / (1.0 - self.beta2**self.steps))",
        "root = math.sqrt(1.0 - self.beta2)", "engine"),
    Bug("engine/optimizers.py", "AdamW: biases decay too",
        "for weight in self.weights:", "for weight in [self.params]:", "engine parity"),
    Bug("engine/optimizers.py", "AdamW: decay without the learning rate",
        "1.0 - learning_rate * self.weight_decay", "1.0 - self.weight_decay", "engine parity"),
    Bug("engine/optimizers.py", "momentum: the gradient is subtracted",
        "np.add(velocity, grads, out=velocity)\n        np.multiply(velocity, learning_rate",
        "np.subtract(velocity, grads, out=velocity)\n        np.multiply(velocity, learning_rate",
        "parity engine"),
    Bug("engine/optimizers.py", "Nesterov: does not look ahead",
        "np.multiply(velocity, self.momentum, out=scratch)\n"
        "        np.add(scratch, grads, out=scratch)\n",
        "np.copyto(scratch, velocity)\n", "parity engine"),
    Bug("engine/schedules.py", "cosine: only half of the way down",
        "half_cosine(step / self.total_steps)", "half_cosine(step / self.total_steps / 2)",
        "engine"),
    Bug("workflows/build.py", "step decay: every N steps, not epochs",
        "c.step_every * steps", "c.step_every", "workflows cli"),
    Bug("engine/batching.py", "the labels are not shuffled with their rows",
        "labels = self.labels(order)", "labels = self.labels(np.arange(self.rows))", "engine"),
    Bug("engine/batching.py", "no shuffle",
        "generator(self.seed, Stream.SHUFFLE, number).permutation(self.rows)",
        "np.arange(self.rows)", "engine"),
    Bug("engine/batching.py", "the short last batch is dropped",
        "for index in range(start, len(self)):",
        "for index in range(start, self.rows // self.batch_size):", "engine"),
    Bug("engine/batching.py", "the same order in each epoch",
        "Stream.SHUFFLE, number)", "Stream.SHUFFLE, 0)", "engine"),
    Bug("engine/batching.py", "augmentation: the same in each epoch",
        "batch = number * len(self) + index", "batch = index", "augmentation engine"),
    Bug("engine/batching.py", "augmentation: both halves of a batch draw the same",
        "Stream.AUGMENT, 2 * batch + side)", "Stream.AUGMENT, 2 * batch)",
        "augmentation engine"),
    Bug("engine/batching.py", "resume: augmentation is counted from where it goes on",
        "batch = number * len(self) + index", "batch = number * len(self) + index - start",
        "augmentation engine"),
    Bug("augmentation/augment.py", "augmentation: the strongest ink gets paler",
        "        np.multiply(x, brightest /", "        np.multiply(x, 1.0 or brightest /",
        "augmentation"),
    Bug("augmentation/warp.py", "augmentation: a rotation is a stretch",
        "y[:, 2] = sin * by_x", "y[:, 2] = -sin * by_x", "augmentation"),
    Bug("augmentation/warp.py", "augmentation: elastic noise without its eigenvalues",
        "(np.sqrt(np.maximum(values, 0.0)) * vectors)", "vectors", "augmentation"),
    Bug("augmentation/strokes.py", "augmentation: thin strokes get thicker, too",
        "(slice(half, None), np.minimum)", "(slice(half, None), np.maximum)", "augmentation"),
    Bug("augmentation/styles.py", "augmentation: every digit gets the bar of a 7",
        "np.flatnonzero((labels == digit) & inked)", "np.flatnonzero(inked)", "augmentation"),
    Bug("engine/mixing.py", "mixing: old rows have the labels of others",
        "np.concatenate([self.examples.labels, self.others.labels])[indices]",
        "np.concatenate([self.examples.labels, self.others.labels[::-1]])[indices]", "engine"),
    Bug("engine/mixing.py", "mixing: the rows of a batch and their labels in different orders",
        "x[where] = examples.gather", "x[np.sort(where)] = examples.gather", "engine"),
    Bug("engine/mixing.py", "mixing: the new rows of a batch come first",
        "return rng.permutation(np.concatenate([np.arange(new), new + drawn]))",
        "return np.concatenate([np.arange(new), new + drawn])", "engine"),
    Bug("engine/mixing.py", "mixing: the same old rows in each epoch",
        "rng.choice(len(self.others), size=self.drawn, replace=False)", "np.arange(self.drawn)",
        "engine"),
    Bug("engine/calibration.py", "calibration: hotter where it should be colder",
        "if height > 0 else", "if height < 0 else", "engine"),
    Bug("engine/calibration.py", "calibration: the bias keeps its temperature",
        "    last.bias /= temperature\n", "", "engine"),
    Bug("workflows/fine_tuning.py", "fine-tuning: starts from random weights",
        "take_folded(network, model.network.params)", "pass", "workflows"),
    Bug("engine/averaging.py", "averaging: decay the wrong way round",
        "np.multiply(self._scratch, 1.0 - decay", "np.multiply(self._scratch, decay", "engine"),
    Bug("engine/state.py", "early stopping: the best weights are not put back",
        "if self.early_stopping and self.early_stopping.best_epoch:",
        "if self.early_stopping and self.early_stopping.best_epoch < 0:", "engine"),
    Bug("engine/training.py", "validation of the last weights, not of the average",
        "average.applied() if average else nullcontext()", "nullcontext()", "engine"),
    Bug("engine/training.py", "mean loss: a short batch counts as a full one",
        "progress.count_step(value, rows=len(batch.labels)",
        "progress.count_step(value * minibatches.batch_size / len(batch.labels), "
        "rows=len(batch.labels)", "engine parity"),
    Bug("engine/metrics.py", "confusion matrix: transposed",
        "labels * classes + predicted", "predicted * classes + labels", "engine"),
    Bug("engine/gradcheck.py", "gradient check: compares backward with itself",
        "np.linalg.norm(computed[name] - slope)", "np.linalg.norm(slope - slope)", "engine"),
    Bug("engine/training.py", "resume: the epoch's batches begin anew",
        "minibatches.epoch(progress.epoch, start=progress.batch)",
        "minibatches.epoch(progress.epoch)", "workflows engine"),
    Bug("engine/state.py", "resume: the optimizer's step counter is not restored",
        'self.optimizer.steps = int(numbers["updates"])', "pass", "workflows engine"),
    Bug("engine/state.py", "resume: the average is restored into a copy",
        'vectors["average"] = self.average.params',
        'vectors["average"] = self.average.params.copy()', "workflows engine"),
    Bug("checkpoint.py", "resume: the random generators are not restored",
        "state.restore_generators(json.loads(self.header.generators))",
        "json.loads(self.header.generators)", "workflows test_checkpoint.py"),
    Bug("checkpoint.py", "checkpoint: the one before is not kept",
        "if keep_latest and latest.exists():", "if False:", "test_checkpoint.py workflows"),
    Bug("files.py", "saving: no fsync of the file",
        "            os.fsync(file.fileno())\n", "", "test_files.py test_checkpoint.py"),
    Bug("files.py", "saving: no fsync of the folder",
        "    sync_folder(path.parent)\n", "", "test_files.py test_checkpoint.py"),
    Bug("checkpoint.py", "checkpoint: nobody is told that the latest is damaged",
        "return replace(found, instead_of=problem.message)", "return found", "workflows"),
    Bug("checkpoint.py", "checkpoint: a compressed one is unpacked",
        "compressed=False", "compressed=True", "test_checkpoint.py hostile"),
    Bug("checkpoint.py", "checkpoint: no fsync of the folder after the best has its name",
        "        if first or best:\n            sync_folder(folder)\n", "", "test_saving.py"),
    Bug("checkpoint.py", "checkpoint: the best is written over, not renamed",
        "        temporary.replace(name)\n", "        name.write_bytes(path.read_bytes())\n",
        "test_saving.py test_checkpoint.py"),
    Bug("files.py", "history: half of a line stays behind when a disk is full",
        "self._file.truncate(before)", "pass", "test_saving.py"),
    Bug("manifest.py", "model file: the checksums are not compared",
        "if header.tensors != describe(arrays):",
        "if header.tensors.keys() != arrays.keys():", "test_model.py"),
    Bug("model.py", "model file: weights that are not numbers are accepted",
        "if not np.isfinite(network.params).all():", "if np.isinf(network.params).any():",
        "test_model.py"),
    Bug("model.py", "half precision: a weight too large becomes infinite",
        "if (np.isfinite(array) & ~np.isfinite(stored[name])).any():", "if stored is None:",
        "test_model.py"),
    Bug("model.py", "half precision: it is not stored as such",
        "array.astype(store)", "array.astype(array.dtype)", "test_model.py"),
    Bug("model.py", "model file: arrays of several types are accepted",
        "if len(found) != 1 or not found <= set(get_args(Store)):", "if not found:",
        "test_model.py"),
    Bug("npz.py", "npz: arrays may share their bytes",
        "if declared > size:", "if declared < 0:", "test_npz.py hostile"),
    Bug("npz.py", "npz: no limit of the unpacked size",
        "if declared > limit:", "if declared > 2**60:", "test_npz.py test_model.py"),
    Bug("npz.py", "npz: the CRC is not checked",
        "        block = np.empty(expected, dtype=np.uint8)\n",
        "        block = np.empty(expected, dtype=np.uint8)\n"
        "        stream._expected_crc = None\n", "test_npz.py test_model.py"),
    Bug("datasets/labels.py", "labels: one class too many",
        "labels.max() < classes:", "labels.max() <= classes:", "datasets"),
    Bug("datasets/csv_table.py", "CSV: line numbers from 0",
        "for i, line in enumerate(lines, start=1)", "for i, line in enumerate(lines, start=0)",
        "datasets"),
    Bug("datasets/idx.py", "IDX: bytes after the data are accepted",
        "if stream.read(1):", "if not stream:", "datasets"),
    Bug("datasets/hold_out.py", "validation rows are learned from, too",
        "examples.subset(np.sort(order[count:]))", "examples.subset(np.sort(order))", "datasets"),
    Bug("datasets/pictures.py", "folders: 10 comes before 2",
        "int(name) if is_number else 0", "0", "datasets"),
    Bug("datasets/pictures.py", "folders: however many pictures are unusable, they are left out",
        "if len(problems) > TOLERATED * total:", "if len(problems) > total:", "datasets"),
    Bug("datasets/pictures.py", "folders: a model for other classes is accepted",
        "        return classes.names\n    if", "        return names\n    if", "datasets"),
    Bug("datasets/pictures.py", "folders: labels go on counting over unusable pictures",
        "(len(rows) - before)", "len(paths)", "datasets"),
    Bug("images/normalise.py", "pictures: thin strokes stay thin",
        "if pen < THINNEST:", "if False:", "images"),
    Bug("images/normalise.py", "pictures: thick strokes stay thick",
        "elif pen > THICKEST:", "elif False:", "images"),
    Bug("images/stroke.py", "pictures: strokes are measured too thick by half",
        "return 2.0 * float(ink.sum())", "return 3.0 * float(ink.sum())", "images"),
    Bug("images/normalise.py", "pictures: the network is shown black on white",
        "return centre(fit_box(", "return 255 - centre(fit_box(", "images"),
    Bug("images/erasing.py", "pictures: printed boxes stay in the ink",
        "        gone += chosen\n", "        break\n", "images"),
    Bug("images/place.py", "pictures: the box is centred, not the ink",
        "math.floor(SIDE / 2 + 1 - y)", "(SIDE - height) // 2", "images"),
    Bug("workflows/predict.py", "pictures: pixels are not scaled to 0-1",
        "model.inputs_of(pixels)", "model.inputs_of(pixels) * 255",
        "workflows/test_predict_workflow.py cli workflows"),
    Bug("config/load.py", "config: --set beats a flag",
        "        *from_assignments(assignments),\n        *from_flags(flags or {}),\n",
        "        *from_flags(flags or {}),\n        *from_assignments(assignments),\n", "config"),
    Bug("cli/interruption.py", "exit code of SIGTERM: 130",
        "signal.SIGTERM: ExitCode.TERMINATED", "signal.SIGTERM: ExitCode.INTERRUPTED",
        "cli/test_interruption.py cli"),
    Bug("text.py", "bidirectional characters reach the terminal",
        '("Cc", "Cf", "Cs",', '("Cc", "Cs",', "cli"),
    Bug("cli/console.py", "JSON: notes on stdout",
        "print(line, file=sys.stderr)", "print(line, file=sys.stdout)",
        "cli workflows"),
    Bug("workflows/threads.py", "threads: measuring them draws from dropout's generator",
        "network.forward(x, strips=strips)",
        "network.forward(x, strips=strips, training=True)",
        "workflows cli"),
    Bug("workflows/threads.py", "threads: a pair that is hardly slower has no other turn",
        "> HARDLY * median(self.alone)", "> median(self.alone)",
        "workflows/test_threads_choice.py"),
    Bug("workflows/threads.py", "threads: the number that was asked for is not set",
        "min(setting, self._cores) if isinstance(setting, int) else self._cores", "self._cores",
        "workflows/test_threads_choice.py workflows cli"),
    Bug("engine/training.py", "divergence: a step is made from a loss that ran away",
        "if not ran_away(value, limit):", "if optimizer:", "engine"),
    Bug("engine/divergence.py", "divergence: only what is no number",
        "return WORSE * max(", "return math.inf * max(", "engine"),
    Bug("engine/divergence.py", "divergence: a loud first loss is taken for it",
        "max(math.log(max(classes, 2)), first_loss)", "math.log(max(classes, 2))", "engine"),
    Bug("engine/divergence.py", "divergence: inputs that nobody scaled are not named",
        "if size > SENSIBLE_INPUT:", "if math.isinf(size):", "engine"),
    Bug("engine/progress.py", "divergence: every loss is taken for the first",
        "if math.isinf(self.first_loss):", "if loss:", "engine"),
    Bug("workflows/train.py", "divergence: the last good weights are not put back",
        "                np.copyto(self.network.params, last_good)\n                raise",
        "                raise", "workflows/test_divergence.py cli workflows"),
    Bug("engine/examples.py", "pixels are divided by 256",
        "PIXEL_SCALE = 1.0 / 255.0", "PIXEL_SCALE = 1.0 / 256.0", "engine"),
    Bug("workflows/build.py", "the config's momentum is not used",
        "Momentum(c.momentum)", "Momentum()", "workflows"),
    Bug("workflows/build.py", "the seed does not choose the first weights",
        "generator(config.seed, Stream.WEIGHTS)", "generator(0, Stream.WEIGHTS)", "workflows"),
    Bug("workflows/train.py", "resume: the history of the epochs before is lost",
        "self.history = list(checkpoint.header.history)", "self.history = []", "workflows"),
    Bug("workflows/resume.py", "resume: changed data of the same size is accepted",
        "if before == now:", "if (before.rows, before.inputs) == (now.rows, now.inputs):",
        "workflows"),
    Bug("files.py", "a second training writes to the same output",
        "if not try_lock(handle):", "if try_lock(handle) is None:", "test_files.py workflows"),
    Bug("files.py", "a temporary file stays behind when a save fails",
        "        temporary.unlink(missing_ok=True)\n        raise\n", "        raise\n",
        "test_files.py"),
    Bug("cli/confidence.py", "exit code 0 though a picture was refused",
        "            return ExitCode.FAILURE\n", "            return ExitCode.OK\n", "cli"),
    Bug("engine/attribution.py", "attribution: the biases of the layers are left out",
        "biases += dout @ layer.bias", "biases += dout @ (0 * layer.bias)", "engine"),
    Bug("engine/attribution.py", "attribution: the votes of a deep network are a sum, not a mean",
        "[0].mean(axis=0)", "[0].sum(axis=0)", "engine"),
    Bug("workflows/explain.py", "explain: the runner-up is forgotten",
        "ballot(model, winner) - ballot(model, runner_up)", "ballot(model, winner)",
        "workflows/test_explain.py"),
    Bug("workflows/weights.py", "weights: ranked by how a unit varies, whatever it votes",
        "moves * table.std(axis=1)", "moves", "workflows/test_weights.py"),
    Bug("workflows/history.py", "history: an epoch may come twice",
        "if epoch <= after", "if epoch < after", "workflows/test_history.py"),
    Bug("cli/heatmap.py", "heat maps: red and blue are exchanged",
        "np.where(levels[..., None] > 0, ABOVE, BELOW)",
        "np.where(levels[..., None] > 0, BELOW, ABOVE)", "cli"),
    Bug("augmentation/pen.py", "styles: what should be rubbed out is drawn",
        "if self.rubs_out else", "if not self.rubs_out else", "augmentation"),
    Bug("augmentation/ink.py", "styles: strokes twice as thick as the digit's",
        "np.asarray(area / (area", "np.asarray(2 * area / (area", "augmentation"),
    Bug("images/polarity.py", "polarity: the part in pieces is the ink",
        "return whole[0]", "return whole[1]", "images"),
    Bug("augmentation/styles.py", "styles: a digit with a new stroke stays where it was",
        "pictures[rows] = centred(some)", "pictures[rows] = some", "augmentation"),
    Bug("augmentation/warp.py", "augmentation: digits are stretched in height",
        "x[:, 1:3] /= stretches", "y[:, 1:3] /= stretches", "augmentation"),
    Bug("images/frames.py", "frames: a loose slash makes a circle of a 0",
        "if spread[0] > SLENDER**2 * spread[1]:", "if spread[0] > 0:", "images/test_frames.py"),
    Bug("images/frames.py", "frames: the loose foot of a 2 is an underline",
        "(wider | (clear &", "(wider | ((gap > 0) &", "images/test_frames.py"),
    Bug("images/ruling.py", "numbers: the stems of a lone digit are ruled lines",
        "if line.length > LONG * usual_with_loose]", "if line.length > LONG * usual]",
        "images/test_multi.py"),
    Bug("images/shadows.py", "numbers: whatever is thick is a shadow",
        "thick.mask(np.flatnonzero(border_sides(thick)))", "thick.mask(np.arange(len(thick)))",
        "images/test_around_numbers.py"),
    Bug("images/frames.py", "numbers: a box around several digits is none",
        "if len(inside) < 2:", "if len(inside) < 20:", "images/test_around_numbers.py"),
    Bug("images/touching.py", "numbers: half of a nought is as good a digit as any",
        "SHORT_TOLL * max(0.0", "0 * max(0.0", "images/test_multi.py"),
    Bug("images/touching.py", "numbers: however wide, it may be one digit",
        "+ WIDEST_TOLL * max(0.0, width - WIDEST)", "", "images/test_multi.py"),
    Bug("images/several.py", "numbers: from afar pale squares are ink",
        "STROKE if firm else 0.0", "0.0", "images/test_around_numbers.py"),
    Bug("images/several.py", "numbers: what goes on beyond the view is ink",
        "if view[3] < image.height:", "if view[3] > image.height:",
        "images/test_around_numbers.py"),
    Bug("images/segments.py", "numbers: a sliver along the border is a digit",
        " and not is_sliver(its, parts.labels.shape)", "", "images/test_around_numbers.py"),
    Bug("images/printed.py", "boxes: strokes inside of them are dividing lines",
        "stable(without_strokes(candidates, mask), mask.shape)", "stable(candidates, mask.shape)",
        "images/test_boxes.py"),
    Bug("images/printed.py", "lines: a pixel from the border is at the border",
        "reach = NEAR_BORDER * (", "reach = 2 + NEAR_BORDER * (", "images/test_boxes.py"),
    Bug("images/printed.py", "lines: one with free ends is always a stroke",
        "return closed or to_write_on(found, soft, mask)", "return closed",
        "images/test_boxes.py"),
    Bug("images/ink.py", "ink: a digit of few pixels is not seen",
        "full = few if few > CLEAR * grain else full", "pass", "images/test_boxes.py"),
    Bug("images/polarity.py", "polarity: paper among several digits is the ink",
        "broad and has_whole_digit", "False and has_whole_digit", "images/test_boxes.py"),
    Bug("images/digit.py", "the digit: the dashes of a box are of it",
        "{heart, *frames, *company(parts, heart)}", "{heart, *frames}", "images/test_boxes.py"),
    Bug("images/frames.py", "frames: a tray is a digit",
        " or holds(parts, number)", "", "images/test_boxes.py"),
    Bug("images/contour.py", "sheets: the paper on both sides of a line is two",
        "BEYOND = (4, 7, 10)", "BEYOND = (2, 2, 10)", "images/test_sheet.py"),
    Bug("images/sheet.py", "sheets: a number beside one is cut off",
        "if several and (len", "if False and (len", "images/test_sheet.py"),
    Bug("engine/halves.py", "halves: the class biases count twice",
        "        self.dbias[...] = 0.0\n", "", "engine/test_halves.py engine/test_pair.py"),
    Bug("engine/halves.py", "halves: both have the upper rows of W2",
        'yield of_whole["W2"][units], of_half["W2"]',
        'yield of_whole["W2"][: len(of_half["W2"])], of_half["W2"]',
        "engine/test_halves.py engine/test_pair.py"),
    Bug("images/contour.py", "sheets: ink may cross the edge of one",
        " or is_crossed(mask, colour)", "", "images/test_sheet.py"),
    Bug("images/sheet.py", "sheets: ruled lines cut them into strips",
        "label(calm(without_thin(small)))", "label(still)", "images/test_sheet.py"),
    Bug("images/dots.py", "dots: all over the paper they are a stroke",
        "if crowded and usual > GRID * pen:", "if False:", "images/test_dots.py"),
    Bug("images/dots.py", "dots: a ring of them stays open",
        "for pair in {*chain, *near}", "for pair in chain", "images/test_dots.py"),
    Bug("images/look.py", "polarity: paper that fills its box is a digit",
        "and found.inked > PAPER:", "and False:", "images/test_look.py"),
    Bug("images/look.py", "polarity: the hole of a thick digit is one, too",
        " and found.inked > PAPER:", ":", "images/test_look.py"),
    Bug("images/look.py", "boxes: lines are looked for in the whole of a small picture alone",
        "else SMALL * max(soft.shape)", "else 0", "images/test_look.py"),
    Bug("images/look.py", "squares: those that bend stay with the digit",
        "stays = pen > THINNER and (kept", "stays = (kept", "images/test_look.py"),
    Bug("images/look.py", "pencils: a stroke that fades goes",
        "or pen * THINNER < 1)", "and pen < 0)", "images/test_look.py"),
    Bug("images/frames.py", "underlines: close to a digit they are of it",
        "return any(stands_on", "return False and any(stands_on", "images/test_look.py"),
    Bug("images/contour.py", "sheets: the edge of a table is ink that crosses theirs",
        "ink = apart[mask].max()", "ink = np.quantile(apart[mask], 0.99)", "images/test_look.py"),
    Bug("images/contour.py", "sheets: badges are none",
        "and ovalness(mask) < OVAL", "", "images/test_sheet.py"),
    Bug("images/contour.py", "sheets: a thick 0 is one",
        "and is_stroke(mask, zone, colour, ruled=ruled)", "and False", "images/test_sheet.py"),
    Bug("images/contour.py", "sheets: a thick 6 is one",
        "if angular else ROUND", "if angular else FULL", "images/test_sheet.py"),
    Bug("images/contour.py", "sheets: a thick 0 around a slit is one",
        "return slim or", "return", "images/test_sheet.py"),
    Bug("images/contour.py", "sheets: a 5 of blocks is one",
        "angular and full > WHOLE", "angular", "images/test_sheet.py"),
    Bug("images/light.py", "light: a heavy digit in a drawing is a shadow",
        "even.mean() > EVEN_BORDER", "even.mean() > 2", "images/test_light.py"),
    Bug("images/look.py", "looks: the bay of a heavy digit is a digit",
        "strong and sparse and (nested or hopeless)", "strong and sparse", "images/test_light.py"),
    Bug("images/background.py", "greys: dots that stand for them are ink",
        "< DITHERED:", "< 2:", "images/test_normalise.py"),
    Bug("images/ink.py", "transparency: what was erased is not seen",
        "and erased(inside):", "and False:", "images/test_normalise.py"),
    Bug("images/modes.py", "masks: zeros and ones are black",
        "image.getextrema() == (0, 1)", "False", "images/test_normalise.py"),
    Bug("workflows/output.py", "output: a new run writes over the model of an earlier one",
        "if self._foreign and self.path.exists():", "if False:", "workflows/test_output.py"),
    Bug("workflows/output.py", "output: a resumed run takes another's model for its own",
        "not resumed or is_of_another(path, to_dict(effective.values))", "not resumed",
        "workflows/test_output.py"),
    Bug("workflows/resume.py", "resume: into the model of another run",
        "if output != own and output.exists():", "if False:", "workflows/test_output.py"),
    Bug("workflows/build.py", "fine-tuning: an epoch may be as short as the new data",
        "LEAST_ROWS = 256", "LEAST_ROWS = 1", "workflows/test_fine_tuning.py"),
    Bug("images/background.py", "shadows: strokes may be as wide as ever",
        "return chosen if shadows >", "return WINDOW if shadows >", "images/test_found_digit.py"),
    Bug("images/digit.py", "the digit: a strip along the border is of it",
        "if edge[number] and not edge[heart]:", "if False:", "images/test_found_digit.py"),
    Bug("images/slant.py", "slant: what leans is made to lean more",
        "(1.0, -by, by * height / 2 - room,", "(1.0, by, -by * height / 2 - room,",
        "images/test_slant.py"),
    Bug("images/normalise.py", "slant: only what leans to the right is straightened",
        "min(max(lean, LEFTMOST), RIGHTMOST)", "min(lean, RIGHTMOST)", "images/test_slant.py"),
    Bug("images/outlines.py", "outlines: the ring between a circle and a digit is a stroke",
        " and is_outlined(paper, number, ink)", "",
        "images/test_outlines.py images/test_frames.py"),
    Bug("engine/halves.py", "halves: the right one learns its last layers from nothing",
        "for part in of_whole.keys() - cut:", "for part in () if side else of_whole.keys() - cut:",
        "engine/test_halves.py engine/test_pair.py"),
    Bug("engine/pair.py", "pair: a line as wide as the classes",
        "self.whole.network.dense[1].units", "self.whole.network.classes", "engine/test_pair.py"),
    Bug("engine/losses.py", "the loss: right guesses are those of the batch before",
        "self._guesses: Labels = logits.argmax(axis=1)",
        'self._guesses: Labels = getattr(self, "_next", logits.argmax(axis=1))\n'
        "        self._next = logits.argmax(axis=1)",
        "engine/test_losses.py engine/test_training.py"),
    Bug("engine/examples.py", "examples: large batches repeat their first rows",
        "rows = indices[part] if self.rows", "rows = indices[:IN_CACHE] if self.rows",
        "engine/test_examples.py engine/test_batching.py"),
    Bug("engine/halves.py", "halves: put together without the counted updates",
        "    whole.count_like(left)\n", "", "engine/test_halves.py engine/test_pair.py"),
    Bug("engine/layers.py", "dense: what rows lack keeps the gradient of the batch before",
        "        self.dweight[columns.stop :] = 0.0  # x is zero there\n", "",
        "engine/test_trimming.py"),
    Bug("augmentation/sink.py", "sink: what lies below moves like what lies above",
        "np.where(rows < to, above, below)", "above", "augmentation"),
    Bug("augmentation/styles.py", "styles: the stem of a closed 4 is rubbed out, too",
        "np.where(open_, ink.pen + 1.2, NO_PEN)", "np.where(found, ink.pen + 1.2, NO_PEN)",
        "augmentation"),
    Bug("augmentation/styles.py", "styles: a block is longer than its digit",
        "[Stroke(top + downwards(radius), foot - downwards(radius), radius)]",
        "[Stroke(top, foot, radius)]", "augmentation"),
    Bug("engine/layers.py", "dense: each strip is multiplied with the rows of the one before",
        "ops.dense_dweight(dout[row:], x[row:, columns],",
        "ops.dense_dweight(dout[: len(x) - row], x[row:, columns],", "engine/test_trimming.py"),
    Bug("engine/layers.py", "dense: the strips of a batch are those of the next as well",
        "        self.strips = ()  # they are of these rows alone\n", "",
        "engine/test_trimming.py"),
    Bug("engine/batching.py", "trimming: what is no picture any more may be augmented",
        "if augment and not examples.in_order:", "if False:", "engine/test_trimming.py"),
    Bug("engine/examples.py", "a mask of rows is taken for their numbers",
        "None if rows is None else np.arange(len(x))[rows]",
        "None if rows is None else np.asarray(rows, dtype=np.intp)", "engine/test_examples.py"),
    Bug("engine/training.py", "a label that the network has no class for is trained on",
        "if minibatches.highest_label >= network.classes:",
        "if minibatches.highest_label > network.classes:", "engine/test_training.py"),
    Bug("engine/losses.py", "the loss keeps buffers for another number of classes",
        "if self._scratch is None or not self._scratch.suits(logits):",
        "if self._scratch is None:", "engine/test_losses.py"),
    Bug("engine/pair.py", "pair: a weight that runs away in the second process ends it",
        "            self._hear()  # at the end", "            pass  # at the end",
        "engine/test_pair.py"),
    Bug("engine/state.py", "divergence: the last weights are kept, not their average",
        "return self.average.params if self.average else self.network.params",
        "return self.network.params", "workflows/test_divergence.py"),
    Bug("workflows/train.py", "divergence: the weights amid an epoch are taken for its last",
        "last_good: Floats | None = None", "last_good: Floats | None = self.network.params.copy()",
        "workflows/test_divergence.py"),
    Bug("workflows/evaluate.py", "diagnoses: as many rows are taken for the same",
        'model.training.get("digest") == fingerprint(examples)',
        'model.training.get("rows") == len(examples)', "workflows/test_diagnoses.py"),
    Bug("engine/trimming.py", "trimming: the rows stay in their order, whatever they use",
        "arranged[part] = order[part].take(by_width.reshape(-1))", "arranged[part] = order[part]",
        "engine/test_trimming.py"),
    Bug("engine/trimming.py", "trimming: a strip is as wide as the first row that uses it",
        "(*starts[1:], rows)]])", "(*starts[1:], rows)]] * 0 + by_width[:, starts])",
        "engine/test_trimming.py"),
    Bug("engine/trimming.py", "trimming: the last column that a row uses is cut off",
        "x.shape[1] - found[:, ::-1].argmax(axis=1)",
        "x.shape[1] - found[:, ::-1].argmax(axis=1) - 1", "engine/test_trimming.py"),
    Bug("engine/trimming.py", "trimming: given back in the order that it has",
        "self._first_weights(ours)[self.order] = ", "self._first_weights(ours)[...] = ",
        "engine/test_trimming.py"),
    Bug("engine/trimming.py", "trimming: the weights that were settled on are written over",
        "        if not self._at_work:\n            return\n", "", "engine/test_trimming.py"),
    Bug("workflows/build.py", "trimming: pictures that are moved about are trimmed before",
        "if augment is None and not config.center:", "if not config.center:",
        "workflows/test_trimmed_training.py"),
    Bug("engine/training.py", "pair: validated before its halves are brought together",
        "            team.collect()\n", "            pass\n", "engine/test_pair.py"),
    Bug("engine/pair.py", "pair: a batch is learned from before its other half is made",
        "self._to_right.say(READY)\n        self._to_left.receive(self._partner_lives)",
        "self._to_right.say(READY)", "engine/test_pair.py"),
    Bug("engine/batching.py", "pair: a batch is made where the other one is still learned from",
        "self._turn = 1 - self._turn\n        return self._room", "return self._room",
        "engine/test_pair.py"),
    Bug("engine/pair.py", "pair: a process that was parted from goes on with half a batch",
        "            self.minibatches.together = None\n", "", "engine/test_pair.py"),
    Bug("engine/pair.py", "pair: the second process heeds Ctrl-C",
        "for stop in (signal.SIGINT, signal.SIGTERM):", "for stop in (signal.SIGTERM,):",
        "engine/test_pair.py"),
    Bug("engine/pair.py", "pair: the second process heeds SIGTERM",
        "for stop in (signal.SIGINT, signal.SIGTERM):", "for stop in (signal.SIGINT,):",
        "engine/test_pair.py"),
    Bug("workflows/train.py", "pair: what the second process took with it is saved as learned",
        "            self._events.close()\n", "            self._events = None\n",
        "workflows/test_pair_training.py"),
    Bug("workflows/output.py", "output: somebody else's config is written over",
        "return config if config.is_file() else None", "return None", "workflows/test_output.py"),
    Bug("workflows/history.py", "history: another training of as many epochs is not noticed",
        'if model.training.get("loss", last.loss) != last.loss:', "if False:",
        "cli/test_cli_look.py"),
    Bug("images/ruling.py", "several digits: the sides of boxes that digits fill are ones",
        "if line not in strokes] + sides", "if line not in strokes]", "images/test_multi.py"),
    Bug("images/ruling.py", "several digits: the stems of ones are sides of their boxes",
        "whole = len(there) > boxes > 1", "whole = False", "images/test_multi.py"),
    Bug("images/ruling.py", "several digits: a line as thick as a pen is printed",
        "return line.thickness <= ALIKE * usual + 1", "return line.thickness > 0",
        "images/test_multi.py"),
    Bug("images/sheet.py", "sheets: paper is looked for where nothing is calm",
        " & (paper > 0)", "", "images/test_sheet.py"),
    Bug("cli/console.py", "streams: COLUMNS=0 hides everything",
        '        del os.environ["COLUMNS"]', "        pass", "cli/test_cli_streams.py"),
    Bug("workflows/weights.py", "weights: what never fires is excited by the first rows",
        "and np.ptp(outputs) > 0", "and np.ptp(outputs) >= 0", "workflows/test_weights.py"),
    Bug("workflows/fine_tuning.py", "fine-tuning: a model of other classes is trained on MNIST",
        'if sources["data"] == "default":', 'if sources["data"] == "never":',
        "workflows/test_fine_tuning.py"),
    Bug("engine/pair.py", "pair: the second process keeps the lock of the folder",
        'os.closerange(3, max(open_files()) + 1)', "pass", "engine/test_pair.py"),
    Bug("engine/pair.py", "pair: an orphan waits for ever",
        "return os.getppid() == self._parent", "return True", "engine/test_pair.py"),
    Bug("engine/pair.py", "pair: what is shown is the start, not what was learned",
        "                np.copyto(self._window[name], vector)\n", "                pass\n",
        "engine/test_pair.py"),
    Bug("engine/training.py", "pair: collects after an error amid a step",
        "if kind in (None, GeneratorExit):", "if True:", "engine/test_pair.py"),
    Bug("workflows/train.py", "pair: a checkpoint holds the halves of the epoch before",
        "            self.team.collect()\n", "            pass\n",
        "workflows/test_pair_training.py"),
    Bug("workflows/threads.py", "pair: parted without collecting",
        "            self._pair.collect()\n", "", "workflows/test_threads_choice.py"),
    Bug("workflows/threads.py", "pair: the slower one is kept",
        "median(self.paired) > median(self.alone)",
        "median(self.paired) < median(self.alone)", "workflows/test_threads_choice.py"),
    Bug("workflows/resume.py", "resume: insists on a pair where there can be none",
        '"auto" if before == "pair" and not can_work_in_pairs() else before', "before",
        "workflows/test_pair_training.py"),
    Bug("engine/centering.py", "centering: folded the wrong way",
        "plain.dense[0].bias[...] -= ", "plain.dense[0].bias[...] += ",
        "engine/test_centering.py"),
    Bug("workflows/train.py", "centering: saved with the mean still missing",
        "network=folded(self.network)", "network=self.network",
        "workflows/test_centered_training.py"),
    Bug("images/lines.py", "lines: what was written along the most of one is of the line",
        "own, uneven = pale, pale - palest", "pass", "images/test_boxes.py"),
    Bug("images/erasing.py", "lines: every darker pixel along them is kept",
        "        written &= long_runs(written.any(axis=0), round(line.thickness))\n",
        "        pass\n", "images/test_boxes.py"),
    Bug("images/boxes.py", "boxes: a ruling has sides at the border",
        "out[0] == out[1] and out[0][0] != out[0][1]", "out[0] == out[1] and any(out[0])",
        "images/test_boxes.py"),
    Bug("images/form.py", "the digit: words are pieces of it",
        "    form |= lettering(parts, [number for number in numbers if number not in form])\n",
        "", "images/test_boxes.py"),
    Bug("images/form.py", "the digit: only the frame that it is in is one",
        "    form |= {number for number in numbers if any(alike(parts, number, one) for one in "
        "form)}\n", "", "images/test_boxes.py"),
    Bug("images/form.py", "forms: empty boxes are digits",
        "empty_boxes(parts, numbers) | pickets", "pickets", "images/test_print.py"),
    Bug("images/form.py", "forms: the sides of boxes are digits",
        " | pickets(parts, numbers)", "", "images/test_print.py"),
    Bug("images/form.py", "forms: the head of a field is a stroke of the digit",
        "return form | headers(parts, edges, [number for number in numbers if number not in form])",
        "return form", "images/test_print.py"),
    Bug("images/form.py", "forms: two lines of words are none",
        "np.median(parts.height[numbers]) / 2", "np.inf", "images/test_print.py"),
    Bug("images/form.py", "forms: a mark beside the digit is not around it",
        "around = np.flatnonzero(small & ~within)", "around = np.flatnonzero(small & above)",
        "images/test_print.py"),
    Bug("images/look.py", "a look: pale ink in a strong box is not looked for",
        "if found.boxed is not None:", "if False:", "images/test_print.py"),
    Bug("images/dots.py", "dots: a row of colours is a stroke",
        "if apart and slimness(parts)[numbers[stroke]] > DOTS * pen:", "if False:",
        "images/test_print.py"),
    Bug("images/sheet.py", "a sheet: the scale beside a figure is written on the page",
        "    written &= ~alongside(ink, label(others))\n", "", "images/test_print.py"),
    Bug("images/contour.py", "a sheet: no canvas if the digit touches its edge",
        "clear[rim[rim > 0] - 1] = ruled", "clear[rim[rim > 0] - 1] = False",
        "images/test_print.py"),
    Bug("images/sheet.py", "a sheet: the head of a field is one",
        "return bool(width > FLAT * height and beside > height)", "return False",
        "images/test_print.py"),
    Bug("augmentation/synthetic.py", "synthetic: a drawing takes the place of any digit",
        "drawn[labels[rows], rng", "drawn[rng.integers(10, size=len(rows)), rng", "augmentation"),
    Bug("augmentation/synthetic.py", "synthetic: pens fill the loops of small digits",
        "return np.minimum(radius, finest)", "return radius", "augmentation"),
    Bug("augmentation/synthetic.py", "synthetic: drawings are not placed as MNIST is",
        "return centred(np.clip(edge - np.sqrt(nearest), 0.0, 1.0))",
        "return np.clip(edge - np.sqrt(nearest), 0.0, 1.0)", "augmentation"),
    Bug("augmentation/synthetic.py", "synthetic: what touches in a skeleton comes apart",
        "(waves @ path.T)", "(waves @ (path - path[0]).T)", "augmentation"),
    Bug("augmentation/synthetic.py", "synthetic: all hands lean backwards",
        "right = right - slant * down", "right = right + slant * down", "augmentation"),
    Bug("augmentation/skeletons.py", "skeletons: curves have corners",
        "+ t**2 * (2 * before", "+ t**2 * (3 * before", "augmentation"),
    Bug("images/frames.py", "frames: none is left out as one piece",
        "return bool((whole & ~thick).any()) and not (own & ~near).any()", "return False",
        "images/test_boxes.py"),
    Bug("images/frames.py", "frames: one that a digit touches from within goes with it",
        " and not (own & ~near).any()", "", "images/test_boxes.py"),
    Bug("images/look.py", "frames: between one and a nought is a stroke drawn as an outline",
        "mask & ~parts.mask([n for n in hoops if is_rim(parts, n)])", "mask",
        "images/test_boxes.py"),
    Bug("images/look.py", "frames: the outline of a digit is told as one",
        "sum(n + 1 not in parts.labels[digit.mask] for n in hoops)", "len(hoops)",
        "images/test_outlines.py"),
    Bug("checkpoint.py", "checkpoints: that of an unfinished run is lost to the next one",
        "        if self._spare:", "        if False:", "workflows/test_output.py"),
    Bug("workflows/train.py", "checkpoints: a run without an epoch takes the place of one kept",
        "spare=bool(self._cut_off and self._cut_off[0])", "spare=self._cut_off is not None",
        "workflows/test_output.py"),
    Bug("workflows/output.py", "output: an .npz that is no model is written over",
        "return WEIGHTS not in npz_names(path, limit=MAX_BYTES, error=ModelError)", "return False",
        "workflows/test_output.py"),
    Bug("workflows/output.py", "output: a file that is no model is written over",
        'return begin != b""', "return False", "workflows/test_output.py"),
]
# fmt: on


def copy_project(folder: Path) -> Path:
    """Return a copy of the project in `folder`, that shares nothing but the data."""
    copy = folder / "project"
    shutil.copytree(PROJECT, copy, ignore=shutil.ignore_patterns(*LEFT_OUT))
    (copy / "data").symlink_to(PROJECT / "data")
    return copy


def first_failure(project: Path, *arguments: str) -> str | None:
    """Run pytest in `project`, by its own copy of the package; return the first failing test."""
    environment = {
        **os.environ,
        "PYTHONPATH": str(project),
        "PYTHONDONTWRITEBYTECODE": "1",  # two changes in a second would share the compiled file
        "OPENBLAS_NUM_THREADS": "1",
    }
    command = [sys.executable, "-m", "pytest", "-x", "-rfE", "-p", "no:cacheprovider", *arguments]
    try:
        done = subprocess.run(
            command, cwd=project, env=environment, capture_output=True, text=True, timeout=SECONDS
        )
    except subprocess.TimeoutExpired:
        return "(the suite hangs)"
    if done.returncode == 0:
        return None
    found = re.search(r"^(?:FAILED|ERROR) ([^\s\[]+)", done.stdout, re.MULTILINE)  # less its case
    if found is None or done.returncode != 1:
        if found and done.returncode == 2:  # it cannot even be imported
            return found[1]
        raise SystemExit(f"pytest went wrong in {project}:\n{done.stdout}{done.stderr}")
    return found[1]


def bite(bug: Bug, project: Path, options: list[str]) -> Bite:
    """Seed `bug`, look for a test that fails, and take it out again."""
    started = time.perf_counter()
    path = project / "nnfs_cli" / bug.file
    sound = path.read_text(encoding="utf-8")
    path.write_text(sound.replace(bug.old, bug.new), encoding="utf-8")
    first = [f"tests/{name}" for name in bug.tests.split()]
    try:
        test = first_failure(project, *first, *options)
        if test is None:
            test = first_failure(project, *(f"--ignore={name}" for name in first), *options)
    finally:
        path.write_text(sound, encoding="utf-8")
    return Bite(test, time.perf_counter() - started)


def check_places() -> None:
    """Stop where a bug can no longer be seeded."""
    for number, bug in enumerate(BUGS, start=1):
        count = (PROJECT / "nnfs_cli" / bug.file).read_text(encoding="utf-8").count(bug.old)
        if count != 1:
            raise SystemExit(f"bug {number} ({bug.file}): found {count} times: {bug.old!r}")


def bite_all(numbers: list[int], options: list[str]) -> dict[int, Bite]:
    """Seed the bugs of these numbers; return how each went. `options` are pytest's."""
    check_places()
    copies: queue.SimpleQueue[Path] = queue.SimpleQueue()

    def work(number: int) -> Bite:
        copy = copies.get()
        try:
            result = bite(BUGS[number - 1], copy, options)
        finally:
            copies.put(copy)
        print(line(number, result), flush=True)
        return result

    with tempfile.TemporaryDirectory() as folder:
        for i in range(PROCESSES):
            copies.put(copy_project(Path(folder, str(i))))
        sound = copies.get()
        if (test := first_failure(sound, *options)) is not None:
            raise SystemExit(f"the suite fails without any bug: {test}")
        copies.put(sound)
        with ThreadPoolExecutor(PROCESSES) as pool:
            return dict(zip(numbers, pool.map(work, numbers), strict=True))


def line(number: int, result: Bite) -> str:
    """Return the line of a bug in the table."""
    bug = BUGS[number - 1]
    test = f"`{result.test.removeprefix('tests/')}`" if result.test else "**nothing**"
    return f"| {number} | `{bug.file}` | {bug.what} | {test} |"


def table(results: dict[int, Bite], ignored: list[str]) -> str:
    """Return the page: what was done, when, and the table."""
    caught = sum(result.test is not None for result in results.values())
    minutes = sum(result.seconds for result in results.values()) / 60
    return "\n".join(
        [
            "# Teeth",
            "",
            "Is a bug noticed? `python tests/teeth.py --write docs/teeth.md` seeded each",
            "of these into a copy of the project, alone, and ran the tests until one failed.",
            "",
            f"**{caught} of {len(results)} caught**, {datetime.date.today()}, "
            f"Python {platform.python_version()}, {minutes:.0f} minutes of tests. "
            f"Tests left out: {', '.join(f'`{name}`' for name in ignored) or 'none'}.",
            "",
            "| | file in `nnfs_cli/` | bug | caught by |",
            "|---:|---|---|---|",
            *(line(number, result) for number, result in results.items()),
            "",
        ]
    )


def wanted(words: list[str]) -> list[int]:
    """Return the numbers that `3 28-33` names; all without any."""
    numbers: list[int] = []
    for word in words:
        low, _, high = word.partition("-")
        numbers += range(int(low), int(high or low) + 1)
    return numbers or list(range(1, len(BUGS) + 1))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("numbers", nargs="*", help="which bugs: 3 28-33 (default: all)")
    parser.add_argument("--write", type=Path, help="write the table to this file")
    parser.add_argument("--ignore", action="append", default=[], help="tests not to run at all")
    options = parser.parse_args()
    ignored = [f"--ignore={name}" for name in options.ignore]
    results = bite_all(wanted(options.numbers), ignored)
    if options.write:
        options.write.write_text(table(results, options.ignore), encoding="utf-8")
    missed = [number for number, result in results.items() if result.test is None]
    print(f"{len(results) - len(missed)} of {len(results)} caught; not caught: {missed or 'none'}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
