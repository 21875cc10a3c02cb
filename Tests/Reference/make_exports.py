#!/usr/bin/env python3
"""Makes Tests/Reference/exports: a small trained model, and its files for other programs.

    python3 -m pip install onnx onnxruntime numpy neural-amp-modeler
    python3 Tests/Reference/make_exports.py .build/release/unfold

Each file is checked by its own reader (`unfold export --check`) before it is kept. The tests of Export
write the model's files again, which must have the same bytes: a change is seen, and then checked by this
script.
"""

import math
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

FORMATS = {
    "onnx": "model.onnx",
    "rtneural": "rtneural.json",
    "proteus": "proteus.json",
    "nam": "model.nam",
    "c": "model.h",
}
CONFIGURATION = """
name: small
data: {{kind: series, train: {table}, inputs: [u], targets: [y], normalize: none, cache: {cache}}}
model: {{cell: lstm, hidden: 3}}
batch: {{streams: 2}}
bptt: {{k1: 10}}
training: {{steps: 40}}
"""


def main(unfold):
    target = Path(__file__).parent / "exports"
    shutil.rmtree(target, ignore_errors=True)
    (target / "model").mkdir(parents=True)
    with tempfile.TemporaryDirectory() as folder:
        table = Path(folder) / "table.csv"
        rows = [(math.sin(0.3 * row), math.tanh(math.sin(0.3 * (row - 1)))) for row in range(200)]
        table.write_text("u,y\n" + "".join(f"{u},{y}\n" for u, y in rows))
        configuration = Path(folder) / "small.yaml"
        configuration.write_text(
            CONFIGURATION.format(table=table, cache=Path(folder) / "cache"))
        run = Path(folder) / "run"
        subprocess.run([unfold, "train", configuration, "--output", run], check=True)
        checkpoint = run / "checkpoints" / "step-40"
        for name in ["data.json", "model.safetensors"]:
            shutil.copy(checkpoint / name, target / "model" / name)
        # Without paths of the machine that made it.
        text = (checkpoint / "config.yaml").read_text()
        text = text.replace(str(table), "/table.csv").replace(str(Path(folder) / "cache"), "/cache")
        (target / "model" / "config.yaml").write_text(text)
    for format, name in FORMATS.items():
        command = [unfold, "export", target / "model", "--format", format]
        subprocess.run(
            command + ["--output", target / name, "--name", "small", "--check"], check=True)


if __name__ == "__main__":
    main(sys.argv[1])
