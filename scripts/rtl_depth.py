#!/usr/bin/python3
"""How many gates a signal passes in a block between two clock edges, per module, against the bound of the block's clock.

    scripts/rtl_depth.py [BLOCK...] [--json FILE]     exit status 1 if a module is deeper than its bound

A block is synthesized module by module as scripts/rtl_area.py does it and flattened here, so a path is followed over the borders of
modules. It begins and ends at a register, a pin of the block, or a clocked memory. Every gate counts as one, an inverter, too; a memory that reads
without a clock counts as the binary logarithm of its words, the multiplexers of it. A module's depth is that of the longest path
through one of its gates. Bounds, and what is deeper with the reason, stand in rtl_ref/depth.json. Needs python3-numpy.
"""
import argparse
import json
import sys
from pathlib import Path

import numpy as np

import rtl_area

CONSTANT = 0  # the net of what never changes
LOOP = 5000  # gates in a row that only a loop has


class Netlist:
    """Gates of a module by the numbers of its nets, its copies of others, where paths begin and end."""

    def __init__(self, module):
        self.ports = {name: self.nets(port["bits"]) for name, port in module["ports"].items()}
        self.inputs = {name for name, port in module["ports"].items() if port["direction"] == "input"}
        gates, costs, starts, ends, self.children = [], [], [], [], []
        for cell in module["cells"].values():
            kind, pins = cell["type"], {name: self.nets(bits) for name, bits in cell["connections"].items()}
            if kind.startswith("$mem"):
                self.memory(cell, pins, gates, costs, starts, ends)
            elif not kind.startswith("$_"):
                self.children.append((kind.lstrip("\\"), pins))
            elif "DFF" in kind or "LATCH" in kind:
                starts += pins.pop("Q")
                pins.pop("C", None)
                ends += [net for pin in pins.values() for net in pin]
            else:
                out = pins.pop("Y")[0]
                gates.append(([pin[0] for pin in pins.values()] + [CONSTANT] * 4)[:4] + [out])
                costs.append(1)
        names = {}
        for name, net in module["netnames"].items():
            for index, bit in enumerate(self.nets(net["bits"])):
                if not net.get("hide_name") or bit not in names:
                    names[bit] = f"{name}[{index}]" if len(net["bits"]) > 1 else name
        self.gates = np.array(gates, dtype=np.int32).reshape(-1, 5)
        self.costs = np.array(costs, dtype=np.int32)
        self.starts, self.ends = (np.array(sorted(set(nets)), dtype=np.int32) for nets in (starts, ends))
        self.names = {net: names.get(net, "?") for net in {*starts, *ends, *(net for nets in self.ports.values() for net in nets)}}
        self.size = 1 + max([0, *(bit for net in module["netnames"].values() for bit in net["bits"] if isinstance(bit, int)),
                             *self.gates.max(axis=0, initial=0)])

    @staticmethod
    def nets(bits):
        return [bit if isinstance(bit, int) else CONSTANT for bit in bits]

    @staticmethod
    def memory(cell, pins, gates, costs, starts, ends):
        parameters = {name: value if isinstance(value, int) else int(value, 2) for name, value in cell["parameters"].items()
                      if name in ("RD_CLK_ENABLE", "RD_PORTS", "ABITS", "WIDTH", "SIZE")}
        for pin in ("WR_ADDR", "WR_DATA", "WR_EN", "RD_EN"):
            ends += pins.get(pin, [])
        for port in range(parameters["RD_PORTS"]):
            address = pins["RD_ADDR"][port * parameters["ABITS"]:(port + 1) * parameters["ABITS"]]
            data = pins["RD_DATA"][port * parameters["WIDTH"]:(port + 1) * parameters["WIDTH"]]
            if parameters["RD_CLK_ENABLE"] >> port & 1:
                ends += address
                starts += data
                continue
            steps = max(1, (parameters["SIZE"] - 1).bit_length())
            for bit in data:  # addresses of any width, four at a time
                for first in range(0, len(address), 4):
                    gates.append((address[first:first + 4] + [CONSTANT] * 4)[:4] + [bit])
                    costs.append(steps)


def read(text):
    """Of each module of yosys' JSON its netlist."""
    return {name.lstrip("\\"): Netlist(module) for name, module in json.loads(text)["modules"].items()}


class Block:
    """All gates of a block by numbers of its nets, and of which module each is."""

    def __init__(self, top, netlists):
        self.netlists, self.modules = netlists, sorted(netlists)
        self.names, self.size = {}, 1
        parts, starts, ends = [], [], []

        def copy(name, outside, path):
            """Adds a copy of a module whose pins are the nets `outside`."""
            netlist = netlists[name]
            net = np.arange(self.size, self.size + netlist.size, dtype=np.int32)
            net[CONSTANT] = CONSTANT
            self.size += netlist.size
            passed = []
            for port in sorted(outside, key=lambda port: port not in netlist.inputs):
                for inner, outer in zip(netlist.ports[port], outside[port]):
                    if inner == CONSTANT or outer == CONSTANT and port not in netlist.inputs:
                        continue
                    if port in netlist.inputs or net[inner] >= self.size - netlist.size:
                        net[inner] = outer
                    elif net[inner] != outer:  # it leaves by two pins, or came in by one
                        passed.append([net[inner], CONSTANT, CONSTANT, CONSTANT, outer])
            gates = np.concatenate([net[netlist.gates], np.array(passed, dtype=np.int32).reshape(-1, 5)])
            costs = np.concatenate([netlist.costs, np.zeros(len(passed), dtype=np.int32)])
            parts.append((gates, costs, np.full(len(gates), self.modules.index(name), dtype=np.int32)))
            starts.append(net[netlist.starts])
            ends.append(net[netlist.ends])
            for bit, text in netlist.names.items():
                self.names.setdefault(int(net[bit]), f"{path}{text}")
            for number, (child, pins) in enumerate(netlist.children):
                copy(child, {pin: net[bits] for pin, bits in pins.items()}, f"{path}{child.split(chr(92))[-1]}#{number}.")
            return net

        net = copy(top, {}, "")
        for name, bits in netlists[top].ports.items():
            (starts if name in netlists[top].inputs else ends).append(net[bits])
        self.gates, self.costs, self.owner = (np.concatenate(part) for part in zip(*parts))
        self.starts, self.ends = np.concatenate(starts), np.concatenate(ends)
        order = np.argsort(self.gates[:, 4], kind="stable")  # what drives the same net stands together
        self.gates, self.costs, self.owner = self.gates[order], self.costs[order], self.owner[order]
        self.outs, self.first = np.unique(self.gates[:, 4], return_index=True)

    def levels(self):
        """Per gate the longest path from a start up to and with it; per net as well."""
        arrival = np.full(self.size, -1, dtype=np.int32)
        arrival[self.starts] = 0
        begin = arrival.copy()
        for _ in range(LOOP):
            before = arrival[self.gates[:, :4]].max(axis=1)
            value = np.where(before >= 0, before + self.costs, -1)
            best = np.maximum(np.maximum.reduceat(value, self.first), begin[self.outs])
            if np.array_equal(best, arrival[self.outs]):
                return value, arrival
            arrival[self.outs] = best
        raise SystemExit("rtl_depth: a loop of gates")

    def rests(self):
        """Per gate the longest path behind it to an end; -1 if there is none."""
        rest = np.full(self.size, -1, dtype=np.int32)
        rest[self.ends] = 0
        begin = rest.copy()
        source, target = self.gates[:, :4].T.reshape(-1), np.tile(np.arange(len(self.gates), dtype=np.int32), 4)
        used = source != CONSTANT
        source, target = source[used], target[used]
        order = np.argsort(source, kind="stable")
        source, target = source[order], target[order]
        nets, first = np.unique(source, return_index=True)
        outs, costs = self.gates[target, 4], self.costs[target]
        for _ in range(LOOP):
            behind = rest[outs]
            best = np.maximum(np.maximum.reduceat(np.where(behind >= 0, behind + costs, -1), first), begin[nets])
            if np.array_equal(best, rest[nets]):
                return rest[self.gates[:, 4]]
            rest[nets] = best
        raise SystemExit("rtl_depth: a loop of gates")

    def path(self, value, arrival, net):
        """Of the longest path to a net: where it begins and ends, and the modules on it with the gates it passes in each."""
        passed, last = [], net
        while arrival[net] > 0:
            index = np.searchsorted(self.outs, net)
            rows = np.arange(self.first[index], self.first[index + 1] if index + 1 < len(self.first) else len(self.gates))
            row = rows[np.argmax(value[rows])]
            module = self.modules[self.owner[row]]
            if not passed or passed[-1][0] != module:
                passed.append([module, 0])
            passed[-1][1] += int(self.costs[row])
            net = max(self.gates[row, :4], key=lambda n: arrival[n])
        return self.names.get(int(net), "?"), self.names.get(int(last), "?"), passed[::-1]


def measure(top, netlists):
    """Per module the longest path through one of its gates, over all its copies; and the block's longest path."""
    block = Block(top, netlists)
    value, arrival = block.levels()
    rest = block.rests()
    through = np.where((value >= 0) & (rest >= 0) & (block.costs > 0), value + rest, 0)
    depths = {}
    for number, name in enumerate(block.modules):
        of_module = through[block.owner == number]
        name = rtl_area.plain(name)
        depths[name] = max(depths.get(name, 0), int(of_module.max(initial=0)))
    ends = np.unique(block.ends)
    return depths, block.path(value, arrival, int(ends[np.argmax(arrival[ends])]))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("blocks", nargs="*", choices=[[], *rtl_area.BLOCKS], help="all if none is named")
    parser.add_argument("--rtl", type=Path, default=rtl_area.ROOT / "rtl_ref", help="of another folder")
    parser.add_argument("--json", type=Path, help="also write what was measured there")
    parser.add_argument("--jobs", type=int, default=2, help="modules at a time")
    parser.add_argument("--work", type=Path, default=rtl_area.ROOT / "build" / "depth", help="where yosys leaves its logs")
    arguments = parser.parse_args()
    table = json.loads((rtl_area.ROOT / "rtl_ref" / "depth.json").read_text())
    work = arguments.work.resolve()
    work.mkdir(parents=True, exist_ok=True)
    rows, deeper = [], 0
    for name in arguments.blocks or rtl_area.BLOCKS:
        for old in work.glob(f"{name}.*.gates.json"):
            old.unlink()
        rtl_area.synthesize(name, work, arguments.jobs, arguments.rtl.resolve(), {}, ("setattr -unset src", "json -o {base}.gates.json"))
        netlists = {}
        for file in work.glob(f"{name}.*.gates.json"):
            netlists.update(read(file.read_text()))
            file.unlink()
        top = next(module for module in netlists if rtl_area.plain(module) == rtl_area.BLOCKS[name][0])
        depths, (begin, end, passed) = measure(top, netlists)
        bound = table["bounds"][name]
        print(f"{name}: bound {bound['gates']} gates ({bound['why']})")
        print(f"{name}: longest path from {begin} to {end}: " + ", ".join(f"{rtl_area.plain(module)} {gates}" for module, gates in passed))
        for module, gates in sorted(depths.items(), key=lambda item: -item[1]):
            known = table["deeper"].get(name, {}).get(module)
            allowed = known["gates"] if known else bound["gates"]
            note = "" if gates <= bound["gates"] else f"known: {known['why']}" if gates <= allowed else f"DEEPER than {allowed}"
            deeper += gates > allowed
            print(f"{name:5} {module:24} {gates:4}  {note}", flush=True)
            rows.append({"block": name, "module": module, "gates": gates, "bound": bound["gates"]})
    if arguments.json:
        arguments.json.write_text(json.dumps(rows, indent=1) + "\n")
    return 1 if deeper else 0


if __name__ == "__main__":
    sys.exit(main())
