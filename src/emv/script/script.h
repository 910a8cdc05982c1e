/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Personalisation scripts: what a secure element is sent, what is read from its answers, what must hold. Read
 * once from JSON and judged whole, so that a script which would lead a secret into clear or reach beyond an
 * answer is refused before the first card sees it. Station 5. Pure. [docs/personalisation.md; BSI TR-03165
 * 4.2.3.4, 4.2.3.11; EMV CPS 1.1; GPCS 11.11]
 *
 * A script has the members of a profile (emv/perso/profile.h) without `application`, and
 *   "inputs": [{"name", "from": "order"|"parameters", "text"?, "secret"?, "list"?, "max"?, "default"?}]
 *   "derive": [{"name", "how": "udk"|"kcv"|"mac"|"cmac"|"hmac"|"diversify", "key"?|"with"?, "over"?, ..}]
 *   "steps":  [{"name", "apdu": template | "store": [groupings], "to"?, "expect"?, "read"?, "assert"?,
 *               "when"?, "for"?, "once"?, "tag"?}]
 */
#ifndef TSM_EMV_SCRIPT_SCRIPT_H
#define TSM_EMV_SCRIPT_SCRIPT_H

#include "emv/perso/profile.h"

enum {
    SCRIPT_STEPS_MAX = 48,
    SCRIPT_LIST_MAX = 8, /* of each of expect, read, assert in a step */
    SCRIPT_NAME_MAX = 32,
    SCRIPT_TEXT_MAX = 160, /* of an assertion, for people */
    SCRIPT_TAG_MAX = 64,
    SCRIPT_INPUTS_MAX = 16,
    SCRIPT_DERIVATIONS_MAX = 16,
    SCRIPT_REPEAT_MAX = 16, /* members of a list that a step is repeated over */
    SCRIPT_VALUE_MAX = 255,
    SCRIPT_DERIVED_MAX = 32,
    SCRIPT_COMMAND_MAX = 5 + 255 + 1, /* short commands */
    SCRIPT_POOL = 48 * 1024,          /* all templates and texts of a script */
};

enum script_from { FROM_ORDER, FROM_PARAMETERS };
/* A value that an order's personalizationData or the flavor's spParameters bring, in hex unless `text`. */
struct script_input {
    char name[TEMPLATE_NAME_MAX + 1];
    int from; /* enum script_from */
    bool text, secret, list;
    int64_t max;           /* octets of one value */
    const char *otherwise; /* NULL: it must be there */
};

enum script_how { HOW_UDK, HOW_KCV, HOW_MAC, HOW_CMAC, HOW_HMAC, HOW_DIVERSIFY, SCRIPT_HOWS };
extern const char *const script_how_words[];
/* A named operation of the vault. The key is one of the token, or a secret that was derived before. */
struct script_derivation {
    char name[TEMPLATE_NAME_MAX + 1], with[TEMPLATE_NAME_MAX + 1];
    char key[PROFILE_KEY_NAME_MAX + 1];
    int how, option;  /* enum script_how, enum emv_option or EMV_OPTION_B_ALWAYS + 1 for C */
    int64_t len;      /* of the result; 0: all that the operation gives */
    const char *over; /* template; NULL where none belongs */
    bool secret;
};
enum { SCRIPT_OPTION_C = EMV_OPTION_B_ALWAYS + 1 };

struct script_read_rule {
    char name[TEMPLATE_NAME_MAX + 1];
    uint32_t tag;   /* 0: by place */
    size_t at, len; /* len 0: as long as the object is */
};
struct script_assertion {
    const char *is, *equals, *text;
};
/* Whether a step is due: `is` NULL for always. */
struct script_when {
    const char *is, *equals;
    bool differs;
};
/* A step repeated over the members of a list; `max` 0: it is not. */
struct script_repeat {
    char item[TEMPLATE_NAME_MAX + 1], input[TEMPLATE_NAME_MAX + 1]; /* input "": the members below */
    size_t max, n;
    const char *member[SCRIPT_REPEAT_MAX];
};
enum script_target { TO_DOMAIN, TO_APPLICATION };
struct script_step {
    char name[SCRIPT_NAME_MAX + 1], tag[SCRIPT_TAG_MAX + 1];
    const char *apdu;    /* NULL: groupings of profile.application from `first` on */
    size_t first, count; /* groupings */
    int to;              /* enum script_target: whom the channel is opened with */
    bool once;           /* it may not be sent again when its answer was lost */
    bool reads;          /* nothing on the card changes by it */
    struct script_when when;
    struct script_repeat repeat;
    size_t expect_n, read_n, assert_n;
    uint16_t expect[SCRIPT_LIST_MAX];
    struct script_read_rule read[SCRIPT_LIST_MAX];
    struct script_assertion assert[SCRIPT_LIST_MAX];
};

/* Owned as one piece; texts are borrowed from `pool`, so it is not copied. */
struct perso_script {
    struct emv_profile profile; /* its application run: the groupings of all steps */
    size_t inputs_n, derivations_n, n;
    struct script_input input[SCRIPT_INPUTS_MAX];
    struct script_derivation derive[SCRIPT_DERIVATIONS_MAX];
    struct script_step step[SCRIPT_STEPS_MAX];
    bool uses_card; /* some template asks for the card record */
    size_t pool_len;
    char pool[SCRIPT_POOL];
};

/* Whether a document is a script: an object with `steps`. Anything else is for emv_profile_read to judge. */
bool perso_script_is(struct bytes json);
/*
 * Reads and judges. Errors of json_fill and emv_profile_read; the cause names the step and the rule:
 * NOT_FOUND for a variable that nothing sets before it is used, UNIQUE for a name that is taken, BAD_VALUE
 * for a secret that would go in clear or card data that would be told, BAD_LENGTH for an Lc that disagrees,
 * SHORT_INPUT for a reading beyond what a short answer holds, TOO_LONG for the named limits above.
 */
enum tsm_err perso_script_read(struct bytes json, struct perso_script *out);

#endif
