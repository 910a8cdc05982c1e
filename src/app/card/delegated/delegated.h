/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Delegated management by hand: the token before a command, the DAP blocks before a load file, the receipt
 * behind. Keys in memory or by name in the vault. Stations 5, 6 and 10. Inside app/card only. App.
 * [GPCS 9.1.3, 9.2, App. C]
 */
#ifndef TSM_APP_CARD_DELEGATED_H
#define TSM_APP_CARD_DELEGATED_H

#include "app/card/card.h"
#include "gp/delegated/receipt.h"
#include "gp/delegated/token.h"
#include "vault/keys/named.h"
#include "vault/operation/delegated.h"

/* One key of --token-key, --dap-key or --receipt-key; it wipes itself. `name` NULL: in memory. */
struct card_signer {
    struct gp_signer signer;
    struct cipher_key secret;
    struct sign_key pair;
    const char *name;
    struct named_keyset set; /* a kept set of this name; blob empty: a key of the token */
};
void card_signer_drop(struct card_signer *s);
#define CARD_SIGNER __attribute__((cleanup(card_signer_drop))) struct card_signer

/* signer.c: PEM or hex out of a file or descriptor, hex, or a name. */
enum tsm_err card_signer_open(struct card *c, const struct signer_arg *from, struct card_signer *out);
struct signing_key card_signer_named(const struct card_signer *s);

/* token.c: the same command with its token, if tokens were asked for and it takes one. The next line of
 * --token, or made with --token-key. Appends to *with. */
enum tsm_err card_with_token(struct card *c, struct bytes plain, struct writer *with);

/* dap.c: what the hash of a load file data block is made with; the blocks of --dap, or one made with
 * --dap-key for --dap-domain, --to or the domain at work. */
bool card_wants_hash(const struct card_args *a);
enum tsm_err card_load_hash(const struct card *c, struct bytes lfdb, struct writer *hash);
enum tsm_err card_dap_blocks(struct card *c, struct bytes hash, struct writer *blocks);

/* receipt.c: a receipt in the answer is told, and judged with --receipt-key; one that is missing or wrong
 * then fails, with what was done in the document. */
enum tsm_err card_take_receipt(struct card *c, const struct receipt_event *event, struct bytes answer);

/* manage.c: one command of content management with all of this; `event` NULL: its answer has no receipt. */
enum tsm_err card_manage(struct card *c, struct bytes plain, const struct receipt_event *event);

#endif
