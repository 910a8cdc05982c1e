/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the owner's registry expects of an element against what the element told: every difference with the
 * repairs that are offered for it. Station 11. Pure. [capability S10; GPCS 2.3.1 6.4]
 */
#ifndef TSM_ORDER_CARE_DRIFT_H
#define TSM_ORDER_CARE_DRIFT_H

#include "order/profile.h"
#include "order/states.h"

enum { DRIFT_MAX = 64, DRIFT_EXPECTED_MAX = 64, DRIFT_TEXT_MAX = 96, DRIFT_KEYS_MAX = 16 };

/* What differs. */
#define DRIFTS(X)                                                                      \
    X(APPLICATION_MISSING, "application.missing", REPAIR_MARK_LOST | REPAIR_REINSTALL) \
    X(APPLICATION_UNKNOWN, "application.unknown", REPAIR_REGISTER | REPAIR_DELETE)     \
    X(APPLICATION_ELSEWHERE, "application.elsewhere", REPAIR_REGISTER)                 \
    X(APPLICATION_UNLOCKED, "application.unlocked", REPAIR_LOCK)                       \
    X(DOMAIN_LOCKED, "domain.locked", REPAIR_UNLOCK)                                   \
    X(FILE_MISSING, "load-file.missing", REPAIR_MARK_LOST | REPAIR_REINSTALL)          \
    X(FILE_UNKNOWN, "load-file.unknown", REPAIR_REGISTER | REPAIR_DELETE)              \
    X(FILE_REPLACED, "load-file.replaced", REPAIR_REGISTER | REPAIR_REINSTALL)         \
    X(DOMAIN_MISSING, "domain.missing", REPAIR_MARK_LOST | REPAIR_REINSTALL)           \
    X(DOMAIN_UNKNOWN, "domain.unknown", REPAIR_REGISTER | REPAIR_DELETE)               \
    X(KEYS_MISSING, "key-set.missing", REPAIR_NONE)                                    \
    X(KEYS_UNKNOWN, "key-set.unknown", REPAIR_REGISTER)                                \
    X(MEMORY_SHORT, "memory.short", REPAIR_NONE)                                       \
    X(CARD_STATE, "card.state", REPAIR_NONE)

enum drift_repair {
    REPAIR_NONE = 0,
    REPAIR_REGISTER = 0x01,  /* the registry takes over what the card says */
    REPAIR_DELETE = 0x02,    /* the card loses what the registry does not know */
    REPAIR_MARK_LOST = 0x04, /* the registry forgets what the card does not have */
    REPAIR_REINSTALL = 0x08, /* so, and its provider is told to order it again */
    REPAIR_LOCK = 0x10,
    REPAIR_UNLOCK = 0x20,
    REPAIR_KINDS = 6
};
enum drift_what {
#define X(name, word, repairs) DRIFT_##name,
    DRIFTS(X)
#undef X
        DRIFT_KINDS
};
const char *drift_word(enum drift_what what);
/* Bits of enum drift_repair. */
unsigned drift_repairs(enum drift_what what);
/* "register", "delete", "mark-lost", "reinstall", "lock", "unlock"; BAD_VALUE. */
enum tsm_err repair_read(const char *word, enum drift_repair *out);
const char *repair_word(enum drift_repair one);

/* An object that the registry expects. */
enum expected_kind { EXPECT_DOMAIN, EXPECT_APPLICATION, EXPECT_FILE };
struct expected {
    enum expected_kind kind;
    uint8_t aid[16], domain[16]; /* domain: of an application or file; len 0: the issuer's */
    size_t aid_len, domain_len;
    uint8_t version[2]; /* of a load file whose octets the owner has: major, minor */
    bool versioned;
    bool certain;    /* false: its making was begun, the card may have it or not */
    bool blocked;    /* by the owner: it must be locked */
    bool free_below; /* a domain whose holder manages its content alone: what is in it is no drift */
};

struct drift_expected {
    const struct se_profile *profile;
    const struct expected *object;
    size_t n;
    uint8_t kvn[DRIFT_KEYS_MAX], optional_kvn[DRIFT_KEYS_MAX]; /* optional: on its way in or out */
    size_t kvns, optional_kvns;
    int64_t sold; /* bytes booked but not yet used: they must be free */
    int64_t se_state;
};
/* The joined answers of plan_audit; empty where the card does not tell. */
struct drift_found {
    struct bytes domain, applications, files, keys, resources;
};

struct drift {
    enum drift_what what;
    uint8_t aid[16], domain[16]; /* domain: where the card has it */
    size_t aid_len, domain_len;
    uint8_t kvn; /* of a key set */
    char expected[DRIFT_TEXT_MAX], found[DRIFT_TEXT_MAX];
};
struct drift_list {
    struct drift at[DRIFT_MAX];
    size_t n, more; /* more: beyond DRIFT_MAX */
};
/* Errors of gp_registry_next and the others where an answer is malformed: then nothing is known. */
enum tsm_err drift_compare(const struct drift_expected *e, const struct drift_found *f,
                           struct drift_list *out);

#endif
