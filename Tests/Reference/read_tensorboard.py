#!/usr/bin/env python3
"""Files of events beside TensorBoard itself (pip install tensorboard).

read_tensorboard.py FOLDER        prints what TensorBoard's reader finds in a run's folder `tensorboard`
read_tensorboard.py --make FILE   writes Tests/Reference/tensorboard.events by TensorBoard's own code,
                                  which the tests of Tracking compare with theirs, byte for byte
"""

import argparse
import struct
import zlib

from tensorboard.backend.event_processing import event_accumulator
from tensorboard.compat.proto import event_pb2, summary_pb2, tensor_pb2, types_pb2
from tensorboard.plugins.hparams import metadata as hparams
from tensorboard.plugins.hparams import plugin_data_pb2
from tensorboard.plugins.text import metadata as text
from tensorboard.summary.writer.record_writer import RecordWriter


def picture():
    """The smallest PNG: one white pixel."""

    def chunk(kind, content):
        body = kind + content
        return struct.pack(">I", len(content)) + body + struct.pack(">I", zlib.crc32(body))

    # Stored without compression, so that every version of zlib makes the same bytes.
    line = b"\x00\xff\xff\xff"
    stored = b"\x01" + struct.pack("<HH", len(line), len(line) ^ 0xFFFF) + line
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0))
        + chunk(b"IDAT", b"\x78\x01" + stored + struct.pack(">I", zlib.adler32(line)))
        + chunk(b"IEND", b"")
    )


def text_value(tag, content):
    return summary_pb2.Summary.Value(
        tag=tag,
        tensor=tensor_pb2.TensorProto(
            dtype=types_pb2.DT_STRING, tensor_shape={}, string_val=[content.encode()]
        ),
        metadata=summary_pb2.SummaryMetadata(plugin_data={"plugin_name": text.PLUGIN_NAME}),
    )


def session_start(settings, start):
    data = plugin_data_pb2.HParamsPluginData()
    data.session_start_info.start_time_secs = start
    for name, value in settings.items():
        entry = data.session_start_info.hparams[name]
        if isinstance(value, bool):
            entry.bool_value = value
        elif isinstance(value, str):
            entry.string_value = value
        else:
            entry.number_value = value
    return hparams_value(hparams.SESSION_START_INFO_TAG, data)


def session_end(end):
    data = plugin_data_pb2.HParamsPluginData()
    data.session_end_info.status = 1  # STATUS_SUCCESS
    data.session_end_info.end_time_secs = end
    return hparams_value(hparams.SESSION_END_INFO_TAG, data)


def hparams_value(tag, data):
    return summary_pb2.Summary.Value(
        tag=tag,
        tensor=hparams.NULL_TENSOR,
        metadata=summary_pb2.SummaryMetadata(
            plugin_data={
                "plugin_name": hparams.PLUGIN_NAME,
                "content": data.SerializeToString(deterministic=True),
            }
        ),
    )


def golden():
    """What TrackingTests writes, too."""
    image = summary_pb2.Summary.Image(height=1, width=1, encoded_image_string=picture())
    Value = summary_pb2.Summary.Value
    settings = {"seed": 3, "model.cell": "lstm", "model.tie": True, "clip.norm": 0.25, "off": False}
    contents = [
        dict(file_version="brain.Event:2"),
        dict(step=8, session_log=event_pb2.SessionLog(status=event_pb2.SessionLog.START)),
        dict(summary=[session_start(settings, 1.5)]),
        dict(
            step=300,
            summary=[
                Value(tag="loss/train", simple_value=0.1),
                Value(tag="zero", simple_value=0),
                Value(tag="undefined", simple_value=float("inf")),
            ],
        ),
        dict(step=300, summary=[text_value("sample", "    the \u00e4 cat\n    sat")]),
        dict(step=301, summary=[Value(tag="prediction/validation", image=image)]),
        dict(step=301, summary=[session_end(99.25)]),
    ]
    for number, content in enumerate(contents):
        values = content.pop("summary", None)
        if values is not None:
            content["summary"] = summary_pb2.Summary(value=values)
        # Those that a file begins with have one time.
        yield event_pb2.Event(wall_time=1700000000.5 + max(0, number - 2), **content)


def make(path):
    with open(path, "wb") as file:
        writer = RecordWriter(file)
        for event in golden():
            writer.write(event.SerializeToString(deterministic=True))
        writer.flush()


def read(folder):
    reader = event_accumulator.EventAccumulator(
        folder, size_guidance={kind: 0 for kind in event_accumulator.DEFAULT_SIZE_GUIDANCE}
    )
    reader.Reload()
    tags = reader.Tags()
    for tag in sorted(tags["scalars"]):
        points = reader.Scalars(tag)
        steps = [point.step for point in points]
        assert steps == sorted(set(steps)), f"{tag}: steps {steps} are not each there once"
        print(f"{tag}: {len(points)} points, step {steps[-1]} is {points[-1].value:g}")
    for tag in sorted(tags["images"]):
        for image in reader.Images(tag):
            print(f"{tag}: step {image.step}, {image.width} x {image.height} pixels")
    for tag in sorted(tags["tensors"]):
        plugin = reader.SummaryMetadata(tag).plugin_data
        if plugin.plugin_name == hparams.PLUGIN_NAME:
            data = plugin_data_pb2.HParamsPluginData.FromString(plugin.content)
            for name, value in sorted(data.session_start_info.hparams.items()):
                print(f"{tag}: {name} = {getattr(value, value.WhichOneof('kind'))}")
            continue
        for tensor in reader.Tensors(tag):
            content = tensor.tensor_proto.string_val[0].decode()
            print(f"{tag} ({plugin.plugin_name}): step {tensor.step}\n{content}")


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", nargs="?")
    parser.add_argument("--make", metavar="FILE")
    arguments = parser.parse_args()
    if arguments.make:
        make(arguments.make)
    elif arguments.folder:
        read(arguments.folder)
    else:
        parser.error("give a FOLDER, or --make FILE")


if __name__ == "__main__":
    main()
