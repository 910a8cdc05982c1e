/* SPDX-License-Identifier: Apache-2.0 */
/* What `tsm cap check` prints: the verdict, each finding with its rule, place and advice. Edge. */
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "app/cap/check.h"
#include "base/hex.h"

enum { HEX_AID = 2 * 16 + 1, HEX_HASH = 2 * SHA256_LEN + 1, PLACE_ROOM = 80 };

static const char *const levels[] = {[CAP_REFUSED] = "refused", [CAP_UNPROVEN] = "unproven"};

static const char *verdict_text(const struct cap_report *r, const struct cap_verdict *v)
{
    if (r->refused || (v->admitted && r->unproven == 0))
        return v->admitted ? "admitted" : "refused";
    if (v->admitted)
        return v->listed ? "admitted: the hash is on the list" : "admitted with what is unproven";
    return "refused: not all could be judged";
}

static const char *place_text(const struct cap_place *at, char out[PLACE_ROOM])
{
    size_t len = 0;
    const char *file = cap_component_file((enum cap_tag)at->component);
    out[0] = '\0';
    if (at->component)
        len += (size_t)snprintf(out, PLACE_ROOM, "%s", file);
    if (at->component && at->offset != CAP_NOWHERE)
        len += (size_t)snprintf(out + len, PLACE_ROOM - len, " offset %d", at->offset);
    if (at->method != CAP_NOWHERE)
        len += (size_t)snprintf(out + len, PLACE_ROOM - len, ", method at %d", at->method);
    if (at->pc != CAP_NOWHERE)
        snprintf(out + len, PLACE_ROOM - len, ", pc %d", at->pc);
    return out;
}

void check_say(const struct cap *cap, const struct cap_report *report, const struct cap_verdict *v)
{
    char aid[HEX_AID], hash[HEX_HASH], place[PLACE_ROOM];
    size_t met = report->refused + report->unproven;
    if (cap) {
        printf("package    %s version %u.%u\n", hex_text(cap->package.aid, aid), cap->package.major,
               cap->package.minor);
        printf("sha-256    %s\n", hex_text(BYTES(v->hash), hash));
    }
    for (size_t i = 0; i < report->findings; i++) {
        const struct cap_finding *f = &report->finding[i];
        printf("%-10s %s: %s\n", levels[f->level], cap_rule_id(f->rule), f->text);
        if (f->at.component)
            printf("           at %s\n", place_text(&f->at, place));
        printf("           rule: %s\n           do: %s\n", cap_rule_holds(f->rule), cap_rule_advice(f->rule));
    }
    if (met > report->findings)
        printf("           and %zu more findings\n", met - report->findings);
    printf("verdict    %s\n", verdict_text(report, v));
}

static json_t *number_or_null(int32_t n)
{
    return n == CAP_NOWHERE ? json_null() : json_integer(n);
}

static json_t *findings_json(const struct cap_report *report)
{
    json_t *list = json_array();
    for (size_t i = 0; i < report->findings; i++) {
        const struct cap_finding *f = &report->finding[i];
        const char *file = f->at.component ? cap_component_file((enum cap_tag)f->at.component) : NULL;
        json_array_append_new(list,
                              json_pack("{s:s, s:s, s:s, s:s, s:s, s:s*, s:o, s:o, s:o}", "rule",
                                        cap_rule_id(f->rule), "level", levels[f->level], "text", f->text,
                                        "holds", cap_rule_holds(f->rule), "advice", cap_rule_advice(f->rule),
                                        "component", file, "offset", number_or_null(f->at.offset), "method",
                                        number_or_null(f->at.method), "pc", number_or_null(f->at.pc)));
    }
    return list;
}

enum tsm_err check_say_json(const struct cap *cap, const struct cap_report *report,
                            const struct cap_verdict *v)
{
    char aid[HEX_AID] = "", hash[HEX_HASH] = "";
    json_t *all;
    if (cap) {
        hex_text(cap->package.aid, aid);
        hex_text(BYTES(v->hash), hash);
    }
    all = json_pack("{s:b, s:s, s:s*, s:s*, s:b, s:I, s:I, s:o}", "admitted", v->admitted, "verdict",
                    verdict_text(report, v), "package", cap ? aid : NULL, "sha256", cap ? hash : NULL,
                    "listed", v->listed, "refused", (json_int_t)report->refused, "unproven",
                    (json_int_t)report->unproven, "findings", findings_json(report));
    NEED(all != NULL, NO_MEMORY);
    json_dumpf(all, stdout, JSON_COMPACT);
    putchar('\n');
    json_decref(all);
    return TSM_OK;
}
