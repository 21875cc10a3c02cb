#!/usr/bin/env python3
"""Writes guitar-like sound, and what a simulated amplifier makes of it, as pairs of WAV files.

    python3 -m pip install numpy
    python3 Tests/Reference/make_amplifier.py FOLDER [--rate 44100] [--seconds 60 10 10] [--seed 1]

FOLDER gets PART-clean.wav and PART-amplified.wav for the parts train, validation and test: one
channel, 16-bit PCM. The sound is made of plucked strings (Karplus and Strong 1983), single notes and
chords of several loudnesses. The amplifier is a linear filter, a static nonlinearity and a linear
filter: a high pass and a boost of the middle, tanh(gain * x + bias) - tanh(bias), then a cabinet's
band. The two files are aligned: the filters are causal, and nothing delays. All randomness comes from
the seed. Prints the levels of each part, a line of JSON each.
"""

import argparse
import json
import math
import wave
from pathlib import Path

import numpy

GAIN = 6.0
BIAS = 0.3
PARTS = ("train", "validation", "test")
# The samples of a filter's response to one impulse; what comes later is below the 16-bit grain.
RESPONSE = 8192
# E minor pentatonic from the low E of a guitar, in semitones.
SCALE = (0, 3, 5, 7, 10, 12, 15, 17, 19, 22, 24, 27, 29)
CHORDS = ((0, 7, 12), (0, 7, 12, 16), (0, 5), (0, 7))
LOW_E = 82.41


def pluck(generator, rate, frequency, seconds, loudness):
    """A string: noise in a delay line that is averaged at each turn."""
    period = max(2, round(rate / frequency))
    turns = math.ceil(seconds * rate / period)
    line = generator.uniform(-1, 1, period)
    # The harder it is plucked, the brighter it is.
    for _ in range(round(6 * (1 - loudness))):
        line = 0.5 * (line + numpy.roll(line, 1))
    line -= line.mean()
    line *= loudness / max(1e-9, numpy.abs(line).max())
    sound = numpy.empty(turns * period)
    last = 0.0
    for turn in range(turns):
        sound[turn * period : (turn + 1) * period] = line
        shifted = numpy.concatenate(([last], line[:-1]))
        last = line[-1]
        line = 0.498 * (line + shifted)
    sound = sound[: round(seconds * rate)]
    # Damped at its end within five milliseconds, so that it does not click.
    fade = min(len(sound), round(0.005 * rate))
    sound[len(sound) - fade :] *= numpy.linspace(1, 0, fade)
    return sound


def guitar(generator, rate, seconds):
    """Notes, chords and rests, one after the other, some ringing over the next."""
    count = round(seconds * rate)
    sound = numpy.zeros(count)
    start = 0
    while start < count:
        duration = generator.uniform(0.12, 1.0)
        loudness = generator.uniform(0.15, 0.9)
        root = SCALE[generator.integers(len(SCALE))]
        chord = CHORDS[generator.integers(len(CHORDS))] if generator.random() < 0.35 else (0,)
        if generator.random() < 0.9:
            for index, interval in enumerate(chord):
                frequency = LOW_E * 2 ** ((root + interval) / 12)
                ringing = duration * generator.uniform(0.9, 1.6)
                note = pluck(generator, rate, frequency, ringing, loudness)
                # A hand needs some milliseconds from string to string.
                place = start + index * round(0.012 * rate)
                note = note[: max(0, count - place)] / math.sqrt(len(chord))
                sound[place : place + len(note)] += note
        start += round(duration * rate)
    return 0.8 * sound / numpy.abs(sound).max()


def biquad(rate, kind, frequency, quality=0.7071, decibels=0.0):
    """The response to an impulse of a filter of the Audio EQ Cookbook (Bristow-Johnson)."""
    angle = 2 * math.pi * frequency / rate
    cosine, alpha = math.cos(angle), math.sin(angle) / (2 * quality)
    if kind == "low-pass":
        b = [(1 - cosine) / 2, 1 - cosine, (1 - cosine) / 2]
        a = [1 + alpha, -2 * cosine, 1 - alpha]
    elif kind == "high-pass":
        b = [(1 + cosine) / 2, -(1 + cosine), (1 + cosine) / 2]
        a = [1 + alpha, -2 * cosine, 1 - alpha]
    elif kind == "peak":
        amplitude = 10 ** (decibels / 40)
        b = [1 + alpha * amplitude, -2 * cosine, 1 - alpha * amplitude]
        a = [1 + alpha / amplitude, -2 * cosine, 1 - alpha / amplitude]
    else:
        raise ValueError(f"unknown filter {kind}")
    b, a = [value / a[0] for value in b], [value / a[0] for value in a]
    response = numpy.zeros(RESPONSE)
    x1 = x2 = y1 = y2 = 0.0
    for index in range(RESPONSE):
        x = 1.0 if index == 0 else 0.0
        y = b[0] * x + b[1] * x1 + b[2] * x2 - a[1] * y1 - a[2] * y2
        x1, x2, y1, y2 = x, x1, y, y1
        response[index] = y
    return response


def filtered(sound, responses):
    """The sound after filters in a row, by products of their spectra."""
    size = 1 << (len(sound) + len(responses) * RESPONSE - 1).bit_length()
    spectrum = numpy.fft.rfft(sound, size)
    for response in responses:
        spectrum *= numpy.fft.rfft(response, size)
    return numpy.fft.irfft(spectrum, size)[: len(sound)]


def amplify(sound, rate):
    """What the amplifier makes of a sound."""
    before = [
        biquad(rate, "high-pass", 120),
        biquad(rate, "peak", 700, quality=0.6, decibels=8),
    ]
    after = [
        biquad(rate, "high-pass", 70),
        biquad(rate, "peak", 2500, quality=1.0, decibels=4),
        biquad(rate, "low-pass", 5000),
    ]
    driven = numpy.tanh(GAIN * filtered(sound, before) + BIAS) - math.tanh(BIAS)
    return 0.4 * filtered(driven, after)


def write(path, sound, rate):
    """One channel of 16-bit PCM."""
    samples = numpy.clip(numpy.round(sound * 32768), -32768, 32767).astype("<i2")
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples.tobytes())


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rate", type=int, default=44100)
    parser.add_argument("--seconds", type=float, nargs=3, default=[60.0, 10.0, 10.0])
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    for index, (part, seconds) in enumerate(zip(PARTS, options.seconds)):
        generator = numpy.random.Generator(numpy.random.PCG64([options.seed, index]))
        clean = guitar(generator, options.rate, seconds)
        # The amplifier hears what the file holds.
        clean = numpy.round(clean * 32768) / 32768
        amplified = amplify(clean, options.rate)
        write(options.folder / f"{part}-clean.wav", clean, options.rate)
        write(options.folder / f"{part}-amplified.wav", amplified, options.rate)
        levels = {
            name: {"peak": float(numpy.abs(x).max()), "rms": float(numpy.sqrt((x**2).mean()))}
            for name, x in (("clean", clean), ("amplified", amplified))
        }
        print(json.dumps({"part": part, "samples": len(clean), **levels}))


if __name__ == "__main__":
    main()
