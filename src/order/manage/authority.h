/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The owner's authority over delegated commands: may this provider have a token for this command, and what
 * does the receipt that came back mean. Stations 6 and 11. Pure. [GPCS 9.2.3, C.4, C.5]
 */
#ifndef TSM_ORDER_MANAGE_AUTHORITY_H
#define TSM_ORDER_MANAGE_AUTHORITY_H

#include "gp/command/install.h"
#include "gp/delegated/receipt.h"
#include "gp/delegated/token.h"
#include "order/outcome.h"

/* What an agreement delegates, command by command. */
enum delegation {
    MAY_LOAD = 0x01,
    MAY_INSTALL = 0x02, /* and make selectable */
    MAY_EXTRADITE = 0x04,
    MAY_UPDATE = 0x08,
    MAY_DELETE = 0x10,
    MAY_ALL = 0x1F
};

/* What an application may ask for; the others are a domain's, or one application's on the whole card. */
enum {
    APPLICATION_PRIVILEGES = PRIVILEGE_CVM_MANAGEMENT | PRIVILEGE_GLOBAL_SERVICE |
                             PRIVILEGE_CONTACTLESS_ACTIVATION | PRIVILEGE_CONTACTLESS_SELF_ACTIVATION |
                             PRIVILEGE_PRIVACY_TRUSTED
};

struct aid_list {
    const struct bytes *aid;
    size_t n;
};

/* What the owner knows of the domain that asks; all borrowed. */
struct token_terms {
    struct bytes domain;     /* the provider's domain: code and applications go nowhere else */
    struct aid_list domains; /* its other domains, to which it may extradite */
    struct aid_list
        content; /* load files and applications in `domain`: by the registry, or by a token given before */
    struct aid_list foreign; /* AIDs on the card or reserved there for others */
    struct aid_list hashes;  /* load file data blocks that were admitted; n 0: all are */
    uint32_t privileges;     /* that its applications may have, as 24 bits */
    unsigned may;            /* enum delegation */
};
/*
 * May the plain command be signed? NOT_ALLOWED with the reason: not delegated, into another domain, of
 * foreign content, a privilege too many, code that was not admitted. BAD_VALUE and others of
 * gp_token_command_read.
 */
enum tsm_err token_judge(const struct token_terms *t, struct bytes capdu);

/* What the receipt of a signed command is about; `domain` is the one that sends it. Spans are borrowed.
 * NOT_ALLOWED for a command that has no receipt of its own. */
enum tsm_err receipt_event_of(const struct gp_token_command *c, struct bytes domain,
                              struct receipt_event *out);

/* A verdict as a failure of the order; false for a good one. */
bool receipt_failure(const struct receipt_judgement *j, int32_t last, struct failure *f);
/* The counter to store behind a judgement: a good one moves it, nothing else does. */
int32_t receipt_counter(const struct receipt_judgement *j, int32_t last);

#endif
