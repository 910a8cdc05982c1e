/* SPDX-License-Identifier: Apache-2.0 */
/* An order's card record in clear: one envelope for all of it, or one for each field that must not be seen.
 * Station 5. Edge: locked memory is the caller's. [RFC 7516; DESIGN 5] */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "vault/emv/inside.h"
#include "vault/jose/jwe.h"

/* A field as text; of the groupings each in hex with its frame {"id":"8010","encrypted":true,"value":".."}.
 */
enum { FRAME_ROOM = 96, FIELD_ROOM = 2 * CARD_GROUPING_MAX + FRAME_ROOM };

/* What is never taken in clear. */
static const char *const sensitive[] = {"pan", "pin_block", "groupings", "cardholder", NULL};

static bool is_sensitive(const char *name)
{
    for (size_t i = 0; sensitive[i]; i++)
        if (!strcmp(sensitive[i], name))
            return true;
    return false;
}

/* A text of the field, or for `groupings` its JSON. */
static enum tsm_err open_field(struct vault_party *p, const char *name, json_t *fields)
{
    const char *text = json_string_value(json_object_get(fields, name));
    uint8_t room[FIELD_ROOM * CARD_GROUPINGS_MAX + 1];
    struct writer w = WRITER(room);
    json_t *value = NULL;
    enum tsm_err e;
    if (!text || vault_jwe_check(bytes_of_text(text)) != TSM_OK)
        return is_sensitive(name) ? FAIL_FIELD(BAD_FORM, "card", "%s comes as compact JWE only", name)
                                  : TSM_OK;
    err_clear();
    e = vault_jwe_open(p, VAULT_KEY_INTAKE, bytes_of_text(text), &w);
    if (e == TSM_OK && !strcmp(name, "groupings")) {
        e = json_read(written(&w), &value);
        if (e != TSM_OK && e != TSM_NO_MEMORY)
            e = FAIL_FIELD(BAD_FORM, "groupings", "the field is no JSON inside its envelope");
    } else if (e == TSM_OK) {
        value = json_stringn((const char *)room, w.len);
    }
    explicit_bzero(room, sizeof room);
    if (e == TSM_OK && (!value || json_object_set_new(fields, name, value) != 0))
        e = json_lacks() ? FAIL(NO_MEMORY, "no memory for the card record")
                         : FAIL_FIELD(BAD_FORM, "card", "%s is no text inside its envelope", name);
    return e;
}

static enum tsm_err open_fields(struct vault_party *p, struct bytes sealed, struct writer *json)
{
    const char *name;
    json_t *fields = NULL, *value;
    void *next;
    char *text = NULL;
    enum tsm_err e;
    TRY(json_read(sealed, &fields));
    e = json_is_object(fields) ? TSM_OK : FAIL_FIELD(BAD_FORM, "card", "the card record is no JSON object");
    json_object_foreach_safe(fields, next, name, value)
    {
        if (e == TSM_OK)
            e = open_field(p, name, fields);
    }
    if (e == TSM_OK)
        text = json_text(fields);
    json_decref(fields);
    if (e == TSM_OK && text)
        e = write_span(json, bytes_of_text(text));
    if (text)
        explicit_bzero(text, strlen(text));
    free(text);
    return e == TSM_OK && !text ? FAIL(NO_MEMORY, "no memory for a card record") : e;
}

enum tsm_err record_open(struct vault_party *p, struct bytes sealed, struct writer *json)
{
    return sealed.len && sealed.at[0] == '{' ? open_fields(p, sealed, json)
                                             : vault_jwe_open(p, VAULT_KEY_INTAKE, sealed, json);
}

enum tsm_err vault_record_check(struct bytes sealed)
{
    json_t *fields = NULL;
    enum tsm_err e = TSM_OK;
    if (!sealed.len || sealed.at[0] != '{')
        return vault_jwe_check(sealed) == TSM_OK
                   ? TSM_OK
                   : FAIL_FIELD(BAD_FORM, "data", "data is no compact JWE with ECDH-ES and A256GCM");
    TRY(json_read(sealed, &fields));
    for (size_t i = 0; sensitive[i] && e == TSM_OK; i++) {
        const json_t *field = json_object_get(fields, sensitive[i]);
        const char *text = json_string_value(field);
        if (field && (!text || vault_jwe_check(bytes_of_text(text)) != TSM_OK))
            e = FAIL_FIELD(BAD_FORM, sensitive[i], "%s is taken as compact JWE only", sensitive[i]);
    }
    json_decref(fields);
    return e;
}
