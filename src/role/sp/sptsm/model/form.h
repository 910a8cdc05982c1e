/* SPDX-License-Identifier: Apache-2.0 */
/* Is a value of the form that its attribute has? Station 2. Role, without I/O. [TR-03165 4.1.4] */
#ifndef TSM_ROLE_SP_SPTSM_MODEL_FORM_H
#define TSM_ROLE_SP_SPTSM_MODEL_FORM_H

#include "role/sp/sptsm/model/entity.h"

/* null, "", [] and {} are empty: for the TR the same as not given. */
bool form_is_empty(const json_t *v);
/* The value of an attribute that was never given; owned by the caller. Objects are for the caller to fill. */
json_t *form_empty(const struct tr_attribute *a);
/* NULL when the value is of its form (objects: of the right type only); else what the form is, in words. */
const char *form_wrong(const struct tr_attribute *a, const json_t *v);
/* A value as an error message shows it; owned by the caller (free), NULL without memory. */
char *form_shown(const json_t *v);

/* Characters of a UTF-8 text: lengths of attributes are told in them, as JSON schemas count. */
size_t form_characters(const char *text);
bool form_is_uuid(const char *text);
bool form_is_tag(const char *text);
/* Octets of TLV structures in hex, spaces left out. BAD_FORM, TOO_LONG. */
enum tsm_err form_tlv(const char *text, uint8_t *out, size_t cap, size_t *len);

#endif
