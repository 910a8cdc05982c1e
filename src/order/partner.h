/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What parties ask of each other, listed once under the names of GlobalPlatform Messaging; bodies are JSON.
 * Station 6. Pure. Any of them may be answered with {failure: {owner, reason, next_action}}. Delivered
 * in-process or as JSON over mutual TLS; another encoding is another writer of the same list.
 */
#ifndef TSM_ORDER_PARTNER_H
#define TSM_ORDER_PARTNER_H

#include "base/bytes.h"

/* X(NAME, word in URLs); rows and the bodies of works keep the numbers: append only. */
#define PARTNER_VERBS(X)                                                                                   \
    X(CHECK_ELIGIBILITY,                                                                                   \
      "check-eligibility") /* {se, service?, bytes?, session?} -> {eligible, reasons, profile, element} */ \
    X(BOOK_SPACE, "book-space")             /* {se, bytes} -> {booked} */                                  \
    X(RELEASE_SPACE, "release-space")       /* {se} -> {} */                                               \
    X(CREATE_DOMAIN, "create-domain")       /* {se, aid, jwk} -> {aid, tar, protocol, kvn, keys (JWE)} */  \
    X(LOAD_AND_INSTALL, "load-and-install") /* {se, domain, load_file, applications, more?} -> {} */       \
    X(REMOVE, "remove")                     /* the same; more: the domain has more content and stays */    \
    X(BEGIN_CONVERSATION, "begin-conversation") /* {se, holder} -> {held} */                               \
    X(SEND_SCRIPT, "send-script")               /* {se, holder, payload} -> {answers} | {lost} */          \
    X(END_CONVERSATION, "end-conversation")     /* {se, holder, session?} -> {} */                         \
    X(NOTIFY, "notify")                         /* the later answer to one of the others */                \
    X(GENERATE_TOKEN, "generate-token") /* {se, domain, commands, load_file?} -> {tokens}; delegated */    \
    X(VERIFY_RECEIPT,                                                                                      \
      "verify-receipt") /* {se, domain, receipts: [{token, answer?}], refused?} -> {counter} */            \
    X(LIST_APPLICATION,                                                                                    \
      "list-application")         /* {se, domain, directory, load_file, application, entry?} -> {} */      \
    X(SET_UP_KEYS, "set-up-keys") /* {se, domain, groupings} -> {answer}; confidential hand-over */        \
    X(UPGRADE, "upgrade") /* {se, domain, load_file, applications} -> {}: the data stay, Amendment H */    \
    X(SE_RENEWED, "se-renewed")           /* {se, old, element} -> {instances}: asked by the owner */      \
    X(MAKE_ACCESSIBLE, "make-accessible") /* {se, domain, applications: [{instance, becomes_selectable?,   \
                                             device_apps?}]} -> {} */                                      \
    X(WITHDRAW, "withdraw") /* {se} -> {withdrawn}: what the asker's order has not sent yet stays here */

enum partner_verb {
#define X(name, word) VERB_##name,
    PARTNER_VERBS(X)
#undef X
        PARTNER_VERB_COUNT
};

const char *partner_verb_word(int64_t verb);
/* NOT_FOUND where no verb has this word. */
enum tsm_err partner_verb_read(const char *word, enum partner_verb *verb);

/* Whose fault it is when an order fails. */
#define FAULT_OWNERS(X) X(SP) X(HUB) X(SEM) X(OTA) X(DEVICE) X(SE) X(TSP)
enum fault_owner {
#define X(name) OWNER_##name,
    FAULT_OWNERS(X)
#undef X
        FAULT_OWNER_COUNT
};
const char *fault_owner_word(int64_t owner);

#endif
