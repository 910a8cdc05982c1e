/* SPDX-License-Identifier: Apache-2.0 */
/* The table of the verbs of `tsm card`. App. */
#include "app/card/verb/verbs.h"

const struct card_verb card_verbs[] = {
    {"readers", "", "the readers of this machine", 0, 0, 0, card_readers},
    {"info", "", "what the card says of itself, and its profile: exact, or proposed",
     NEED_READER | NEED_SIGHT, 0, 0, card_info},
    {"auth", "", "opens a secure channel and does no more", NEED_READER | NEED_CHANNEL, 0, 0, card_auth},
    {"list", "", "domains, applications, load files and modules", NEED_READER | NEED_CHANNEL, 0, 0,
     card_list},
    {"load", "FILE [--to AID] [--hash] [--install] [--block HH]", "loads a CAP file",
     NEED_READER | NEED_CHANNEL, 1, 1, card_load},
    {"install", "[FILE] --package AID --module AID [--instance AID] [--privileges HEX] [--params HEX]",
     "installs applications of a loaded file", NEED_READER | NEED_CHANNEL, 0, 1, card_install},
    {"delete", "AID... [--related]", "deletes applications, domains or load files",
     NEED_READER | NEED_CHANNEL, 1, -1, card_delete},
    {"put-key", "--new-key KEY | --new-keyset NAME [--new-kdf WORD] --new-kvn HH [--replace HH]",
     "puts a key set into the domain; a set that is only named is made in the vault",
     NEED_READER | NEED_CHANNEL, 0, 0, card_put_key},
    {"lock", "AID | --card", "locks an application, a domain, or the card", NEED_READER | NEED_CHANNEL, 0, 1,
     card_lock},
    {"unlock", "AID | --card", "the way back", NEED_READER | NEED_CHANNEL, 0, 1, card_unlock},
    {"ssd-create", "AID [--privileges HEX] [--params HEX] [--new-key KEY | --new-keyset NAME --new-kvn HH]",
     "creates a supplementary security domain, with first keys if some are given", NEED_READER | NEED_CHANNEL,
     1, 1, card_ssd_create},
    {"store-data", "HEX|@FILE|fd:N [--to AID] [--form dgi|tlv|plain]",
     "stores data in the domain or in an application", NEED_READER | NEED_CHANNEL, 1, 1, card_store_data},
    {"apdu", "HEX...", "sends commands as they are, protected if a key is given", NEED_READER | MAY_CHANNEL,
     1, -1, card_apdu},
    {NULL, NULL, NULL, 0, 0, 0, NULL},
};
