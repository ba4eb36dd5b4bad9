"""ZynAddSubFX as a plain function: load an instrument file, play notes. Debian's DSSI plugin by ctypes.

The plugin loads instruments by a thread of its own that listens to OSC; an answer to a second question, sent after the
request to load, says that the loading is done.
"""

import ctypes
import socket
import time
from pathlib import Path

import numpy as np

from training.dsp import Audio
from training.midi import Note
from training.osc import message

PLUGIN = Path("/usr/lib/dssi/libzynaddsubfx_dssi.so")
RATE = 32000
BLOCK = 256
CONTROLS = (64, 127, 64, 127, 0, 0, 64, 64, 64, 127, 64, 64)
"""The ports after left and right: modulation, volume, panning, expression and so on, as a new synthesizer has them."""
NOTE_ON, NOTE_OFF = 6, 7

_Long, _Handle, _Text = ctypes.c_ulong, ctypes.c_void_p, ctypes.c_char_p


class _Event(ctypes.Structure):
    """snd_seq_event_t of ALSA for a note: `data` is channel, key, velocity."""

    _fields_ = (
        ("type", ctypes.c_ubyte),
        ("flags", ctypes.c_ubyte * 3),
        ("tick", ctypes.c_uint),
        ("rest", ctypes.c_ubyte * 8),
        ("data", ctypes.c_ubyte * 12),
    )


class _Ladspa(ctypes.Structure):
    _fields_ = (
        ("id", _Long),
        ("label", _Text),
        ("properties", ctypes.c_int),
        ("texts", _Text * 3),
        ("port_count", _Long),
        ("ports", _Handle * 3),
        ("data", _Handle),
        ("instantiate", ctypes.CFUNCTYPE(_Handle, _Handle, _Long)),
        ("connect_port", ctypes.CFUNCTYPE(None, _Handle, _Long, _Handle)),
        ("activate", ctypes.CFUNCTYPE(None, _Handle)),
    )


class _Dssi(ctypes.Structure):
    _fields_ = (
        ("version", ctypes.c_int),
        ("ladspa", ctypes.POINTER(_Ladspa)),
        ("programs", _Handle * 4),
        ("run_synth", ctypes.CFUNCTYPE(None, _Handle, _Long, ctypes.POINTER(_Event), _Long)),
    )


class Zyn:
    """One synthesizer with one instrument at a time. Some instruments crash it: keep it in a process of its own."""

    def __init__(self) -> None:
        library = ctypes.CDLL(str(PLUGIN))
        library.dssi_descriptor.restype = ctypes.POINTER(_Dssi)
        self.dssi = library.dssi_descriptor(_Long(0)).contents
        ladspa = self.dssi.ladspa.contents
        self.handle = ladspa.instantiate(self.dssi.ladspa, RATE)
        self.stereo = np.zeros((2, BLOCK), np.float32)
        self.controls = np.array(CONTROLS, np.float32)
        for port, values in enumerate([*self.stereo, *self.controls[:, None]]):
            ladspa.connect_port(self.handle, port, values.ctypes.data)
        if ladspa.activate:
            ladspa.activate(self.handle)
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.settimeout(20)
        self.socket.connect(("127.0.0.1", _listening_port()))

    def load(self, path: Path) -> None:
        """Wait until the instrument of a .xiz file is there; raises TimeoutError after 20 s."""
        self.socket.send(message("/load_xiz", 0, str(path)))
        self.socket.send(message("/file_home_dir"))
        while not self.socket.recv(65536).startswith(b"/file_home_dir"):
            pass
        for _ in range(8):
            self._run([])

    def play(self, notes: list[Note], seconds: float) -> Audio:
        """Mono audio at RATE of the notes (start, length, key, velocity)."""
        events = [(start, NOTE_ON, key, velocity) for start, _, key, velocity in notes]
        events += [(start + length, NOTE_OFF, key, 0) for start, length, key, _ in notes]
        waiting = sorted(events)
        blocks = []
        for first in range(0, int(seconds * RATE), BLOCK):
            now = [e for e in waiting if e[0] * RATE < first + BLOCK]
            waiting = waiting[len(now) :]
            self._run([(kind, int(at * RATE) - first, key, velocity) for at, kind, key, velocity in now])
            blocks.append(self.stereo.mean(axis=0))
        return np.concatenate(blocks).astype(float)

    def _run(self, events: list[tuple[int, int, int, int]]) -> None:
        held = (_Event * max(1, len(events)))()
        for event, (kind, tick, key, velocity) in zip(held, events, strict=False):
            event.type, event.tick = kind, max(0, tick)
            event.data[1], event.data[2] = key, velocity
        self.dssi.run_synth(self.handle, BLOCK, held, len(events))


def _listening_port() -> int:
    """The UDP port at which this process, that is the plugin, listens for OSC; 5 s at most."""
    for _ in range(100):
        links = [str(p.readlink()) for p in Path("/proc/self/fd").iterdir() if p.is_symlink()]
        sockets = {link.removeprefix("socket:[").rstrip("]") for link in links}
        rows = [row.split() for row in Path("/proc/self/net/udp").read_text().splitlines()[1:]]
        ports = [int(row[1].split(":")[1], 16) for row in rows if row[9] in sockets]
        if ports:
            return ports[0]
        time.sleep(0.05)
    raise TimeoutError(f"{PLUGIN} opened no OSC port within 5 s")
