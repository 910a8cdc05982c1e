/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How a provider wants its customers known before a service is activated: by a code that it gives them, or by
 * its own word through a hook (identification and verification, ID&V). Station 2. Pure but for allocation.
 * [capability P11]
 *
 *   {"kind": "code", "digits": 8, "tries": 3, "expires_s": 3600}
 *   {"kind": "hook", "url": "https://..", "expires_s": 3600, "step_up": {"digits": 8, "tries": 3}}
 */
#ifndef TSM_ROLE_SP_VERIFY_SETTING_H
#define TSM_ROLE_SP_VERIFY_SETTING_H

#include "base/json.h"

enum verify_method { VERIFY_CODE, VERIFY_HOOK };
enum {
    VERIFY_DIGITS_MIN = 4,
    VERIFY_DIGITS_MAX = 10,
    VERIFY_DIGITS = 8,
    VERIFY_TRIES_MAX = 10,
    VERIFY_TRIES = 3,
    VERIFY_EXPIRES_MIN_S = 1,
    VERIFY_EXPIRES_MAX_S = 30 * 86400,
    VERIFY_EXPIRES_S = 3600,
    VERIFY_URL_MAX = 255,
    VERIFY_SETTING_MAX = 2048,
};

struct verify_setting {
    int method; /* enum verify_method */
    char url[VERIFY_URL_MAX + 1];
    int64_t digits, tries; /* of a code, also of one that a hook steps up to */
    int64_t expires_s;     /* of the whole verification */
};
extern const char *const verify_method_words[]; /* ended by NULL */

/* Errors name the field. An address of a hook is https:// or http://; whether this house would ever ask it is
 * judged where it is stored (http_client_takes). */
enum tsm_err verify_setting_read(struct bytes text, struct verify_setting *out);
json_t *verify_setting_json(const struct verify_setting *s); /* owned by the caller */

#endif
