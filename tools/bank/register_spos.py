# SPDX-License-Identifier: Apache-2.0
"""Registers the bank's online system with the server, for the laboratory's demo service.
usage: register_spos.py ENV-FILE URL CERTIFICATE SERVICE"""
import sys

from desk import Desk, read_env


def main(env, url, certificate, service):
    desk = Desk(read_env(env))
    desk.tells(service, desk.listens_at(url, certificate))


if __name__ == "__main__":
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    main(*sys.argv[1:])
