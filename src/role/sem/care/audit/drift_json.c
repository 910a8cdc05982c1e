/* SPDX-License-Identifier: Apache-2.0 */
/* Differences as the operator reads them, and back when a repair is chosen. Stations 1 and 12. Role.
 * [capability S10] */
#include <stdio.h>
#include <string.h>

#include "base/hex.h"
#include "role/sem/care/audit/audit.h"

static json_t *repairs_json(unsigned repairs)
{
    json_t *list = json_array();
    for (int i = 0; i < REPAIR_KINDS; i++)
        if (repairs & 1u << i)
            json_array_append_new(list, json_string(repair_word((enum drift_repair)(1 << i))));
    return list;
}

static json_t *one_json(const struct drift *d, size_t number)
{
    char aid[33], domain[33], kvn[3];
    json_t *o = json_pack("{si ss ss ss so}", "drift", (int)number, "what", drift_word(d->what), "expected",
                          d->expected, "found", d->found, "repairs", repairs_json(drift_repairs(d->what)));
    if (d->aid_len)
        json_object_set_new(o, "aid", json_string(hex_text(BYTES_OF(d->aid, d->aid_len), aid)));
    if (d->domain_len)
        json_object_set_new(o, "domain", json_string(hex_text(BYTES_OF(d->domain, d->domain_len), domain)));
    if (d->kvn)
        json_object_set_new(o, "kvn", json_string(hex_text(BYTES_OF(&d->kvn, 1), kvn)));
    return o;
}

json_t *drift_json(const struct drift_list *list)
{
    json_t *items = json_array();
    for (size_t i = 0; i < list->n; i++)
        json_array_append_new(items, one_json(&list->at[i], i));
    return json_pack("{so sI}", "drift", items, "more", (json_int_t)list->more);
}

static enum tsm_err read_optional(const json_t *o, const char *name, uint8_t *to, size_t cap, size_t *len)
{
    *len = 0;
    return json_object_get(o, name) ? json_member_hex(o, name, to, cap, len) : TSM_OK;
}

enum tsm_err drift_read(const json_t *o, struct drift *out)
{
    struct drift d = {.what = DRIFT_KINDS};
    size_t n;
    for (int i = 0; i < DRIFT_KINDS; i++)
        if (!strcmp(json_member(o, "what"), drift_word((enum drift_what)i)))
            d.what = (enum drift_what)i;
    NEED(d.what != DRIFT_KINDS, BAD_VALUE);
    TRY(read_optional(o, "aid", d.aid, sizeof d.aid, &d.aid_len));
    TRY(read_optional(o, "domain", d.domain, sizeof d.domain, &d.domain_len));
    TRY(read_optional(o, "kvn", &d.kvn, 1, &n));
    snprintf(d.expected, sizeof d.expected, "%s", json_member(o, "expected"));
    snprintf(d.found, sizeof d.found, "%s", json_member(o, "found"));
    *out = d;
    return TSM_OK;
}
