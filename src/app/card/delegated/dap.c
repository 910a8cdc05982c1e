/* SPDX-License-Identifier: Apache-2.0 */
/* Signatures in front of a load file. Stations 5 and 6. App. [GPCS C.2, C.3] */
#include "app/card/delegated/delegated.h"
#include "app/file/text_file.h"
#include "gp/delegated/dap.h"

/* Token and DAP bind the load file by its hash. */
bool card_wants_hash(const struct card_args *a)
{
    return a->hash || a->hash_alg || a->dap || a->dap_key.given || a->token || a->token_key.given;
}

enum tsm_err card_load_hash(const struct card *c, struct bytes lfdb, struct writer *hash)
{
    static const char *const words[HASH_ALGS] = {
        [HASH_SHA1] = "sha1", [HASH_SHA256] = "sha256", [HASH_SHA384] = "sha384", [HASH_SHA512] = "sha512"};
    const char *word = c->args->hash_alg;
    for (int n = 0; word && n < HASH_ALGS; n++)
        if (strcmp(words[n], word) == 0)
            return lfdb_hash((enum hash_alg)n, lfdb, hash);
    return word ? FAIL(BAD_FORM, "--hash-alg is sha1, sha256, sha384 or sha512")
                : lfdb_hash(HASH_SHA256, lfdb, hash);
}

static struct bytes domain_of(const struct card *c)
{
    const struct card_hex *at[] = {&c->args->dap_domain, &c->args->to, &c->args->domain};
    for (size_t n = 0; n < sizeof at / sizeof at[0]; n++)
        if (at[n]->given)
            return BYTES_OF(at[n]->at, at[n]->len);
    return BYTES_OF(c->isd_aid, c->isd_aid_len);
}

static enum tsm_err make(struct card *c, struct bytes hash, struct writer *blocks)
{
    CARD_SIGNER s = {.name = NULL};
    TRY(card_signer_open(c, &c->args->dap_key, &s));
    return s.name ? vault_make_dap(c->ring.vault, card_signer_named(&s), domain_of(c), hash, blocks)
                  : dap_make(&s.signer, domain_of(c), hash, blocks);
}

enum tsm_err card_dap_blocks(struct card *c, struct bytes hash, struct writer *blocks)
{
    uint8_t room[TEXT_FILE_MAX];
    struct writer text = WRITER(room);
    if (c->args->dap_key.given)
        TRY(make(c, hash, blocks));
    if (!c->args->dap)
        return TSM_OK;
    TRY(text_file_read(c->args->dap, &text));
    return text_hex(written(&text), blocks);
}
