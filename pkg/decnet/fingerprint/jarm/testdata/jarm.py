"""JARM once more, to hold the package to: jarm.py probes HOST | jarm.py scan HOST PORT.

Nothing of it is written as the package is: hellos are put together as text of hex
digits, with zeros for what is random, and answers are taken apart by their lengths.
"""
import hashlib
import os
import socket
import sys

OLD = """16 33 67 c09e c0a2 9e 39 6b c09f c0a3 9f 45 be 88 c4 9a c008 c009 c023 c0ac c0ae c02b c00a c024 c0ad c0af
c02c c072 c073 cca9 - - cc14 c007 c012 c013 c027 c02f c014 c028 c030 c060 c061 c076 c077 cca8 - - - cc13 c011 a 2f
3c c09c c0a0 9c 35 3d c09d c0a1 9d 41 ba 84 c0 7 4 5""".split()
NEW = iter("1302 1301 1305 1304 1303".split())
ALL = [c.zfill(4) if c != "-" else next(NEW) for c in OLD]
OLD = [c.zfill(4) for c in OLD if c != "-"]
INDEX = sorted(ALL, key=lambda c: (c.startswith("13"), c))

# Ciphers by index, as the ten probes have them.
FORWARD = list(range(69))
BACKWARD = FORWARD[::-1]
OUTWARD = [34 + (n + 1) // 2 * (1 if n % 2 else -1) for n in range(69)]

# version of record and hello, ciphers, GREASE, protocols, versions
COMMON = ["http/0.9", "http/1.0", "http/1.1", "spdy/1", "spdy/2", "spdy/3 h2", "h2c", "hq"]
RARE = ["http/0.9", "http/1.0", "spdy/1", "spdy/2", "spdy/3", "h2c", "hq"]
PROBES = [
    ("0303", "0303", FORWARD, "", COMMON[::-1], "030303020301"),
    ("0303", "0303", BACKWARD, "", COMMON, "030103020303"),
    ("0303", "0303", BACKWARD[34:], "", COMMON, ""),
    ("0303", "0303", FORWARD[35:], "", RARE, ""),
    ("0303", "0303", OUTWARD, "0a0a", RARE[::-1], ""),
    ("0302", "0302", FORWARD, "", COMMON, ""),
    ("0301", "0303", FORWARD, "", COMMON[::-1], "0304030303020301"),
    ("0301", "0303", BACKWARD, "", COMMON, "0301030203030304"),
    ("0301", "0303", None, "", COMMON, "0301030203030304"),
    ("0301", "0303", OUTWARD, "0a0a", COMMON[::-1], "0304030303020301"),
]


def n(digits, *texts):
    """Texts with their length before them, in so many digits."""
    text = "".join(texts)
    return f"{len(text) // 2:0{digits}x}{text}"


def probe(host, record, version, ciphers, grease, protocols, versions, key="00" * 32):
    suites = grease + "".join(OLD if ciphers is None else (ALL[i] for i in ciphers))
    names = " ".join(protocols).split()
    extensions = [
        grease and grease + "0000",
        "0000" + n(4, n(4, "00", n(4, host.encode().hex()))),
        "00170000" "0001000101" "ff01000100" "000a000a0008001d001700180019" "000b00020100" "00230000",
        "0010" + n(4, n(4, *(n(2, p.encode().hex()) for p in names))),
        "000d00140012040308040401050308050501080606010201",
        "0033" + n(4, n(4, grease and grease + "000100", "001d0020" + key)),
        "002d00020101",
        versions and "002b" + n(4, n(2, grease + versions)),
    ]
    body = version + "00" * 32 + n(2, "00" * 32) + n(4, suites) + "0100" + n(4, *extensions)
    return bytes.fromhex("16" + record + n(4, "01" + n(6, body)))


def answer(data):
    """Cipher, version, protocol and list of extensions of a ServerHello."""
    if data[:1] != b"\x16" or data[5:6] != b"\x02":
        return "", "", "", ""
    body = memoryview(data)[9 : 9 + int.from_bytes(data[6:9], "big")]
    version, body = body[:2], body[34:]
    body = body[1 + body[0] :]
    cipher, body = body[:2], body[5:]  # and what is before the extensions
    kinds, protocol = [], ""
    while body:
        size = int.from_bytes(body[2:4], "big")
        kinds.append(body[:2].hex())
        if kinds[-1] == "0010":
            protocol = bytes(body[7 : 4 + size]).decode()
        body = body[4 + size :]
    return cipher.hex(), version.hex(), protocol, "-".join(kinds)


def scan(host, port):
    start, rest = "", ""
    for p in PROBES:
        with socket.create_connection((host, port), timeout=20) as s:
            s.sendall(probe(host, *p, os.urandom(32).hex()))  # zeros would be refused
            try:
                data = s.recv(1484)
            except ConnectionResetError:
                data = b""
        fields = answer(data)
        print("|".join(fields))
        start += f"{INDEX.index(fields[0]) + 1:02x}{'abcdef'[int(fields[1][3])]}" if fields[0] else "000"
        rest += fields[2] + fields[3]
    print(start + hashlib.sha256(rest.encode()).hexdigest()[:32] if rest or start.strip("0") else "0" * 62)


if sys.argv[1] == "probes":
    for p in PROBES:
        print(probe(sys.argv[2], *p).hex())
else:
    scan(sys.argv[2], int(sys.argv[3]))
