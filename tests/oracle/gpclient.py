#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Command line of the oracle's GlobalPlatform client (edge): for work by hand against the laboratory's elements.

gpclient.py --tcp HOST:PORT | --reader NAME [--scp auto] [--key HEX] [--kvn HEX] [--level 01] VERB ...
Only for laboratory keys: they stand on the command line.
"""
import argparse
import hashlib
import sys

from cap import capfile
from channel.apdu import Command
from gp import APPLICATIONS, ISD, LOAD_FILES_AND_MODULES, CardError, Client, KeySet
from transport import ReaderCard, TcpCard

DEFAULT_KEY = "404142434445464748494A4B4C4D4E4F"


def arguments():
    p = argparse.ArgumentParser(description="GlobalPlatform client of the oracle")
    way = p.add_mutually_exclusive_group(required=True)
    way.add_argument("--tcp", metavar="HOST:PORT")
    way.add_argument("--reader", metavar="NAME")
    p.add_argument("--sd", default="", help="AID of the security domain, default the issuer's")
    p.add_argument("--scp", default="auto", help="auto, scp02-i15, scp03, scp03-s16 ...")
    p.add_argument("--key", default=DEFAULT_KEY, help="one key for ENC, MAC and DEK, or three joined with commas")
    p.add_argument("--kvn", default="00")
    p.add_argument("--level", default="01", choices=["01", "03", "11", "13", "33"])
    verbs = p.add_subparsers(dest="verb", required=True)
    verbs.add_parser("list")
    verbs.add_parser("info")
    load = verbs.add_parser("load")
    load.add_argument("cap")
    load.add_argument("--hash", action="store_true", help="send the SHA-256 of the load file data block")
    install = verbs.add_parser("install")
    for name in ("package", "module", "instance"):
        install.add_argument(name)
    install.add_argument("--privileges", default="00")
    install.add_argument("--parameters", default="")
    delete = verbs.add_parser("delete")
    delete.add_argument("aid")
    delete.add_argument("--related", action="store_true")
    put = verbs.add_parser("put-key")
    put.add_argument("new_key", help="one key for all three, or three joined with commas")
    put.add_argument("new_kvn")
    put.add_argument("--replace", default="00")
    script = verbs.add_parser("script")
    script.add_argument("file", help="plain APDUs in hexadecimal, one a line; '#' begins a comment")
    return p.parse_args()


def key_set(text, kvn):
    keys = [bytes.fromhex(k) for k in text.split(",")]
    return KeySet(*(keys if len(keys) == 3 else 3 * keys), kvn=int(kvn, 16))


def show(entries):
    for e in entries:
        extra = [f"domain {e.domain.hex().upper()}"] if e.domain else []
        extra += [f"module {m.hex().upper()}" for m in e.modules]
        print(f"{e.aid.hex().upper():32} state {e.state.hex().upper()} privileges {e.privileges.hex().upper() or '-'}",
              *extra)


def run_script(client, path):
    with open(path, encoding="ascii") as lines:
        for line in lines:
            text = line.split("#")[0].strip()
            if text:
                data = client.send(Command.parse(bytes.fromhex(text)), text, range(0x10000))
                print(f"> {text}\n< {data.hex().upper()}{client.sw:04X}")


def run(client, args):
    fci = client.select(bytes.fromhex(args.sd))
    if args.verb == "info":
        print("FCI", fci.hex().upper())
        print("protocols", [f"SCP{p:02X} i={i:02X}" for p, i in client.protocols()])
        print("keys (id, version, type, length)", client.key_info())
        return
    client.open(key_set(args.key, args.kvn), int(args.level, 16), args.scp)
    if args.verb == "list":
        for scope in (ISD, APPLICATIONS, LOAD_FILES_AND_MODULES):
            show(client.get_status(scope))
    elif args.verb == "load":
        cap = capfile.read(args.cap)
        block = cap.load_file_data_block()
        client.install_for_load(cap.aid, digest=hashlib.sha256(block).digest() if args.hash else b"")
        client.load(block)
        print("loaded", cap.aid.hex().upper())
    elif args.verb == "install":
        fields = (args.package, args.module, args.instance, args.privileges, args.parameters)
        client.install(*map(bytes.fromhex, fields))
    elif args.verb == "delete":
        client.delete(bytes.fromhex(args.aid), args.related)
    elif args.verb == "put-key":
        client.put_keys(key_set(args.new_key, args.new_kvn), int(args.replace, 16))
    else:
        run_script(client, args.file)


def main():
    args = arguments()
    try:
        if args.tcp:
            host, _, port = args.tcp.rpartition(":")
            card = TcpCard(host, int(port))
        else:
            card = ReaderCard(args.reader)
        run(Client(card), args)
        card.close()
    except (CardError, ValueError, OSError, capfile.CapError) as error:
        print(f"gpclient: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
