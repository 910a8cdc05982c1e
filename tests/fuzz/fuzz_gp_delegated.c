/* SPDX-License-Identifier: Apache-2.0 */
/* Any octets as a command with a token, as a load file with DAP blocks, as an answer with a receipt; what is
 * read is written back. Fuzz target. */
#include <stdlib.h>

#include "fuzz.h"
#include "gp/delegated/chain.h"
#include "gp/delegated/dap.h"
#include "gp/delegated/receipt.h"
#include "gp/delegated/token.h"

const char *const fuzz_seeds[] = {
    "80E602002C07F04F54534D000108F04F54534DD00001140001020304050607080900010203040506070809000000",
    "80E60C003307F04F54534D000108F04F54534D00010107F04F54534D01010300000004C902000110"
    "22CEA6BE34ED55D8500180CE91AD1DEC00",
    "80E40080114F07F04F54534D00019E0622CEA6BE34ED00",
    "80E40000124F07F04F54534D0101B607420247119301AA00",
    "E20D4F08F04F54534DD00001C301AAE20D4F08F04F54534DD00002C301BBC403010203",
    "D3080000000000000000D401AA",
    "19100E526006A74C17D47CF105A22525B8710200010447110102",
    NULL,
};

static void command(struct bytes in)
{
    uint8_t out[GP_TOKEN_INPUT_MAX + 2 * GP_TOKEN_MAX], piece[APDU_SHORT_MAX];
    struct writer w = WRITER(out), p = WRITER(piece);
    struct gp_token_command c, again;
    struct command_chain chain;
    if (command_chain_make(in, 16, &chain) == TSM_OK && chain.blocks &&
        command_chain_block(&chain, chain.blocks - 1, &p) != TSM_OK)
        abort();
    if (gp_token_command_read(in, &c) != TSM_OK || gp_token_of(&c)->len > GP_TOKEN_MAX)
        return;
    if (gp_token_command_write(&c, &w) != TSM_OK || gp_token_command_read(written(&w), &again) != TSM_OK ||
        !bytes_equal(*gp_token_of(&c), *gp_token_of(&again)))
        abort();
}

static void receipt(struct bytes in)
{
    static const uint8_t value[16], aid[] = {0xF0, 1, 2, 3, 4};
    struct receipt_event event = {.kind = RECEIPT_FOR_DELETE, .application = BYTES(aid)};
    struct receipt_terms terms = {.last = RECEIPT_NONE_YET};
    struct receipt_judgement j;
    struct crypto *c;
    struct cipher_key key;
    struct gp_signer s;
    if (crypto_new(&c) != TSM_OK)
        abort();
    if (crypto_key(c, CIPHER_AES, BYTES(value), &key) != TSM_OK || gp_signer_secret(&key, &s) != TSM_OK)
        abort();
    (void)receipt_judge(&s, &terms, &event, in, &j);
    crypto_free(c);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes in = BYTES_OF(data, size);
    struct load_file f;
    command(in);
    receipt(in);
    (void)load_file_read(in, &f);
    return 0;
}
