/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Receipts: the card's signature that one command of content management was done, on which card, and as which
 * in the order of all. Stations 6, 10 and 11. Pure. [GPCS 9.1.3.6, 11.1.6, C.5]
 */
#ifndef TSM_GP_DELEGATED_RECEIPT_H
#define TSM_GP_DELEGATED_RECEIPT_H

#include "gp/content/confirmation.h"
#include "gp/delegated/scheme.h"

enum receipt_for {
    RECEIPT_FOR_LOAD,            /* load_file, domain                                   Table C-11 */
    RECEIPT_FOR_INSTALL,         /* load_file, application; make selectable too         Table C-12 */
    RECEIPT_FOR_EXTRADITION,     /* domain (the old one), application, new_domain       Table C-13 */
    RECEIPT_FOR_REGISTRY_UPDATE, /* as extradition, privileges, parameters              Table C-14 */
    RECEIPT_FOR_DELETE,          /* application: the AID of the command                 Table C-15 */
    RECEIPT_FOR_COMBINED,        /* load_file, application, domain                      Table C-16 */
    RECEIPTS_FOR
};
const char *receipt_for_word(enum receipt_for kind); /* "load", "registry-update" */
enum tsm_err receipt_for_read(const char *word, enum receipt_for *out);

/* What the receipt is about: the members that stand beside its kind, borrowed. Of a registry update without
 * extradition both domains are empty. */
struct receipt_event {
    enum receipt_for kind;
    struct bytes load_file, application, domain, new_domain, privileges, parameters;
};

enum { RECEIPT_INPUT_MAX = 1024 };
/* What a receipt is made over: `data` of the confirmation, then the members, each with its length. BAD_LENGTH
 * for a member outside its lengths or one that the kind does not have. */
enum tsm_err receipt_input(struct bytes confirmation_data, const struct receipt_event *event,
                           struct writer *w);

/* What the card says beside the receipt. Token identifier and digest empty: not there. */
struct receipt_data {
    uint16_t counter;
    struct bytes sd_unique, token_id, token_digest;
};
/* The whole data field of the answer, as a card makes it: for tests and simulations. TOO_LONG above 255
 * octets of confirmation: receipts of RSA keys above 1024 bits do not fit into one [Table 11-13]. */
enum tsm_err receipt_make(const struct gp_signer *s, const struct receipt_data *data,
                          const struct receipt_event *event, struct writer *answer);

#define RECEIPT_VERDICTS(X)                                                                \
    X(GOOD, "the receipt is right")                                                        \
    X(MISSING, "the card gave no receipt")                                                 \
    X(OTHER_CARD, "the receipt names another security domain: it comes from another card") \
    X(OTHER_TOKEN, "the receipt names another token than the one that was sent")           \
    X(FORGED, "the receipt was not made with this key over this operation")                \
    X(REPLAYED, "the confirmation counter was seen before: the receipt is a repetition")   \
    X(GAP, "the confirmation counter left numbers out: operations were done that are not known here")

enum receipt_verdict {
#define X(name, text) RECEIPT_##name,
    RECEIPT_VERDICTS(X)
#undef X
        RECEIPT_VERDICT_COUNT
};
const char *receipt_verdict_text(enum receipt_verdict verdict);

/* What is known before the answer comes. */
struct receipt_terms {
    struct bytes sd_unique; /* tags 42 and 45 of the domain that makes receipts, joined; empty: not known */
    struct bytes token_id;  /* tag 93 of the token that was sent; empty: none was in it */
    int32_t last;           /* counter of the receipt before; RECEIPT_NONE_YET */
};
/* No receipt of this domain is known: any counter begins. C.5 starts it at zero and steps it behind, 9.1.3.6
 * while a receipt is made, so the first receipt of a new card bears 0 or 1. */
enum { RECEIPT_NONE_YET = -1 };

struct receipt_judgement {
    enum receipt_verdict verdict;
    uint16_t counter; /* to be stored with a good one, and with a gap when it is accepted after an audit */
};
/*
 * Judges the data field of an answer: another card, forged, another token, replayed, gap, in this order, so
 * that a counter is believed only of a genuine receipt. The error is that of a confirmation which cannot be
 * read, or of the key.
 */
enum tsm_err receipt_judge(const struct gp_signer *s, const struct receipt_terms *terms,
                           const struct receipt_event *event, struct bytes answer,
                           struct receipt_judgement *out);

#endif
