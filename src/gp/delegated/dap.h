/* SPDX-License-Identifier: Apache-2.0 */
/*
 * DAP: the provider's or a verification authority's signature over the hash of a load file data block, in
 * front of it. Stations 5 and 6. Pure. [GPCS 9.2.1, 11.6.2.3, C.2, C.3; Tables 11-58, C-3]
 */
#ifndef TSM_GP_DELEGATED_DAP_H
#define TSM_GP_DELEGATED_DAP_H

#include "gp/delegated/scheme.h"

enum { DAP_BLOCKS_MAX = 8 };

/* The hash of the contents of C4, without its header. */
enum tsm_err lfdb_hash(enum hash_alg alg, struct bytes lfdb, struct writer *hash);
/* The algorithm that a hash is of, by its length as a card finds it. BAD_LENGTH. */
enum tsm_err lfdb_hash_alg(struct bytes hash, enum hash_alg *out);
/* KEY_REFUSED when the hash is weaker than the one inside the scheme [Table C-3]. */
enum tsm_err lfdb_hash_fits(const struct gp_signer *s, struct bytes hash);

/* One DAP block: which domain verifies it, and the signature. Borrowed. */
struct dap {
    struct bytes domain, signature;
};
/* Appends the block E2 {4F, C3} over `hash`. Errors of lfdb_hash_fits and gp_signature_write; an AES key of
 * 16, 24, 32 octets asks for SHA-256, -384, -512 at least [AmdD Table 8-1]. */
enum tsm_err dap_make(const struct gp_signer *s, struct bytes domain, struct bytes hash,
                      struct writer *block);
/* MAC_WRONG when the signature is none of this hash under this key, KEY_REFUSED for too weak a hash. */
enum tsm_err dap_check(const struct gp_signer *s, const struct dap *d, struct bytes hash);
/* CONFLICT when the hash is not that of the load file data block: DAP, token and INSTALL are over another
 * file. */
enum tsm_err dap_file_check(struct bytes hash, struct bytes lfdb);

/* What stands in front of a load file, read: blocks, then C4 (or D4 when it is ciphered). */
struct load_file {
    struct dap block[DAP_BLOCKS_MAX];
    size_t blocks;
    bool ciphered;
    struct bytes data; /* value of C4 or D4 */
};
/* BAD_VALUE for another object in between, MISSING_FIELD without data, TOO_LONG above DAP_BLOCKS_MAX blocks,
 * DUPLICATE_TAG for two blocks of one domain, TRAILING_BYTES. */
enum tsm_err load_file_read(struct bytes file, struct load_file *out);
/* The block that this domain verifies; NOT_FOUND, with the domain in the cause. A card refuses a load file
 * that lacks the block of the associated domain (DAP Verification) or of the authority (Mandated DAP). */
enum tsm_err load_file_dap(const struct load_file *f, struct bytes domain, struct dap *out);

#endif
