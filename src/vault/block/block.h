/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keys that come and go as key blocks: opened and made inside the vault by key names, usage, mode and
 * exportability held to from then on. Stations 1 and 5. Edge. [ANSI X9.143 versions B and D]
 *
 * The protection key (KBPK) is in the token: MASTER_KBPK (AES, version D) or MASTER_TDES that came in a block
 * as K1 (version B). A key that came in a block is a master like others, and each operation asks its policy;
 * one that may leave again is kept sealed beside it too, since no token gives a key back.
 */
#ifndef TSM_VAULT_BLOCK_BLOCK_H
#define TSM_VAULT_BLOCK_BLOCK_H

#include "emv/keyblock/rules.h"
#include "gp/keys/kcv.h"
#include "vault/vault.h"

enum { BLOCK_TEXT_MAX = 1024 };

/* What may be known of a key that came in a block. */
struct block_facts {
    struct keyblock_policy policy;
    char key_version[3];
    size_t key_len;
    uint8_t kcv[GP_KCV_LEN]; /* the standard's; all 0 for a KBPK, which enciphers nothing */
};

/*
 * Opens a block under `kbpk` and keeps its key as `name`. Errors of emv/keyblock/keyblock.h and rules.h;
 * KEY_REFUSED for versions other than B and D, for a KBPK that is no K1, for an AES key under a TDES one, for
 * a TDES key whose halves are equal, and in production for a key that everybody knows; UNSUPPORTED for a
 * usage that nothing here works with; UNIQUE when the name is taken. *out may be NULL.
 *
 * `about_to` (may be NULL) is called when all is judged and before the token gets anything: what it stores
 * lets a crash be settled; its error ends the import.
 */
struct block_import {
    const char *kbpk, *name;
    struct bytes text;
    enum tsm_err (*about_to)(void *self, const struct block_facts *facts);
    void *self;
};
enum tsm_err vault_import_block(struct vault_party *p, const struct block_import *in,
                                struct block_facts *out);

/*
 * A key comes in several objects of the token (its policy first, the key itself last). Is it there whole?
 * What else a crash has left of it is removed, so that the name is free.
 */
enum tsm_err vault_settle_key(struct vault_party *p, const char *name, bool *whole);

/*
 * Makes a block of the key `name` for the partner that shares `kbpk`, with the exportability given (never
 * more than the key has). KEY_REFUSED for a key that may not leave or that came without a block.
 */
struct block_export {
    const char *kbpk, *name;
    char version;       /* 'B' or 'D' */
    char exportability; /* 'E', 'S' or 'N' */
};
enum tsm_err vault_export_block(struct vault_party *p, const struct block_export *out, struct writer *text);

/* A new key in the token for a usage, with a policy as if it had come in a block; exportable ones are made in
 * wiped memory. `len` octets. Errors as vault_import_block. */
struct block_new {
    const char *name;
    struct keyblock_policy policy;
    size_t len;
};
enum tsm_err vault_generate_bound(struct vault_party *p, const struct block_new *in, struct block_facts *out);

#endif
