/* SPDX-License-Identifier: Apache-2.0 */
/* `tsm card audit`: all that is on the card as the tree of its domains, with states, privileges, key versions
 * and what is left of each domain's memory. Station 11. App. [GPCS 7.2, 9.6.5, 11.3.3, 11.4] */
#include <stdarg.h>
#include <stdio.h>

#include "app/card/verb/verbs.h"
#include "gp/command/get_data.h"
#include "gp/command/select.h"

enum { DEPTH_MAX = 16, LINE_MAX_LEN = 400, STEP = 2 };

static const char *const lists[] = {"issuer_domain", "applications", "load_files"};
enum { LISTS = sizeof lists / sizeof lists[0] };

static const char *text_of(const json_t *o, const char *member)
{
    const char *s = json_string_value(json_object_get(o, member));
    return s ? s : "";
}

static bool is_domain(const json_t *node)
{
    size_t i;
    json_t *p;
    json_array_foreach(json_object_get(node, "privileges"), i,
                       p) if (strcmp(json_string_value(p), "security-domain") == 0) return true;
    return false;
}

static enum tsm_err ask(struct card *c, uint32_t tag, struct rapdu *out)
{
    uint8_t room[APDU_SHORT_MAX];
    struct writer w = WRITER(room);
    TRY(get_data_write(tag, &w));
    return card_send(c, &(struct card_request){.plain = written(&w), .any = true}, out);
}

static enum tsm_err add_keys(struct card *c, json_t *node)
{
    struct card_answers a = {.select = BYTES_NONE};
    struct card_sight sight;
    struct rapdu answer;
    TRY(ask(c, DATA_KEYS, &answer));
    if (answer.sw != SW_OK)
        return TSM_OK;
    a.keys = answer.data;
    card_sight_read(&a, &sight);
    json_object_set_new(node, "keys", card_sets_json(&sight));
    return TSM_OK;
}

static enum tsm_err add_numbers(struct card *c, json_t *node)
{
    struct gp_resources r;
    struct rapdu answer;
    TRY(ask(c, DATA_RESOURCES, &answer));
    if (answer.sw == SW_OK && resources_read(answer.data, &r) == TSM_OK) {
        json_object_set_new(node, "free_nonvolatile", json_integer(r.free_nonvolatile));
        json_object_set_new(node, "free_volatile", json_integer(r.free_volatile));
    }
    TRY(ask(c, DATA_CONFIRMATION, &answer));
    if (answer.sw == SW_OK) {
        struct bytes value;
        if (data_object_read(answer.data, DATA_CONFIRMATION, &value) == TSM_OK)
            card_set_hex(node, "next_receipt", value);
    }
    err_clear();
    return TSM_OK;
}

/* Each domain is asked itself: that ends the channel, so it comes last. */
static enum tsm_err ask_domain(struct card *c, json_t *node)
{
    uint8_t room[APDU_SHORT_MAX];
    struct card_hex aid;
    struct writer w = WRITER(room);
    struct rapdu answer;
    TRY(operand_aid(text_of(node, "aid"), &aid));
    TRY(select_write(BYTES_OF(aid.at, aid.len), &w));
    c->open = false;
    TRY(card_send(c, &(struct card_request){.plain = written(&w), .any = true}, &answer));
    if (!sw_is_success(answer.sw)) {
        json_object_set_new(node, "unselectable", json_sprintf("%04X", answer.sw));
        return TSM_OK;
    }
    TRY(add_keys(c, node));
    return add_numbers(c, node);
}

static enum tsm_err ask_domains(struct card *c)
{
    for (size_t n = 0; n + 1 < LISTS; n++) {
        size_t i;
        json_t *node;
        json_array_foreach(json_object_get(c->doc, lists[n]), i, node) if (n == 0 || is_domain(node))
            TRY(ask_domain(c, node));
    }
    return TSM_OK;
}

/* Everything whose domain is `aid` goes below it; `depth` ends what a card that tells a circle would begin.
 */
static json_t *below(const struct card *c, const char *aid, int depth)
{
    json_t *children = json_array();
    for (size_t n = 1; n < LISTS && depth < DEPTH_MAX; n++) {
        size_t i;
        json_t *node;
        json_array_foreach(json_object_get(c->doc, lists[n]), i, node)
        {
            json_t *child;
            if (strcmp(text_of(node, "domain"), aid) != 0 || strcmp(text_of(node, "aid"), aid) == 0)
                continue;
            child = json_copy(node);
            json_object_set_new(child, "kind",
                                json_string(n == 2            ? "load file"
                                            : is_domain(node) ? "domain"
                                                              : "application"));
            if (n == 1 && is_domain(node))
                json_object_set_new(child, "children", below(c, text_of(node, "aid"), depth + 1));
            json_array_append_new(children, child);
        }
    }
    return children;
}

/* Older forms of the list name no domain. */
static void add_orphans(const struct card *c, json_t *root)
{
    json_t *orphans = below(c, "", 1);
    json_array_extend(json_object_get(root, "children"), orphans);
    json_decref(orphans);
}

/* Whether the card has told of this domain; one without a name counts, it is an orphan of the issuer's. A
 * domain tells of itself and what is below it alone. */
static bool is_told(const struct card *c, const char *aid)
{
    bool told = !aid[0];
    for (size_t n = 0; n + 1 < LISTS && !told; n++) {
        size_t i;
        json_t *node;
        json_array_foreach(json_object_get(c->doc, lists[n]), i, node) told =
            told || strcmp(text_of(node, "aid"), aid) == 0;
    }
    return told;
}

/* The issuer's tree, with what names no domain of its own, and the trees of domains that belong to
 * themselves. */
static json_t *trees(const struct card *c)
{
    json_t *roots = json_array(), *node;
    const char *issuer = "";
    size_t i;
    json_array_foreach(json_object_get(c->doc, lists[0]), i, node)
    {
        json_t *root = json_copy(node);
        issuer = text_of(node, "aid");
        json_object_set_new(root, "kind", json_string("issuer domain"));
        json_object_set_new(root, "children", below(c, issuer, 1));
        add_orphans(c, root);
        json_array_append_new(roots, root);
    }
    json_array_foreach(json_object_get(c->doc, lists[1]), i, node)
    {
        bool own = strcmp(text_of(node, "domain"), text_of(node, "aid")) == 0;
        json_t *root;
        if (!is_domain(node) || (!own && is_told(c, text_of(node, "domain"))))
            continue;
        root = json_copy(node);
        json_object_set_new(root, "kind", json_string(own ? "domain of its own" : "domain"));
        json_object_set_new(root, "children", below(c, text_of(node, "aid"), 1));
        json_array_append_new(roots, root);
    }
    return roots;
}

__attribute__((format(printf, 2, 3))) static void add(char *line, const char *fmt, ...)
{
    size_t len = strlen(line);
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(&line[len], LINE_MAX_LEN - len, fmt, ap);
    va_end(ap);
}

static void line_of(const json_t *node, int depth, char *line)
{
    json_t *v;
    size_t i;
    snprintf(line, LINE_MAX_LEN, "%*s%s  %s %s", depth * STEP, "", text_of(node, "aid"),
             text_of(node, "kind"), text_of(node, "state"));
    json_array_foreach(json_object_get(node, "keys"), i, v)
        add(line, "%s %s %s-%d", i ? "," : "; keys", text_of(v, "kvn"), text_of(v, "type"),
            (int)json_integer_value(json_object_get(v, "bits")));
    if ((v = json_object_get(node, "free_nonvolatile")))
        add(line, "; free %lld", (long long)json_integer_value(v));
    if (depth)
        json_array_foreach(json_object_get(node, "privileges"), i, v)
            add(line, "%s %s", i ? "," : ";", json_string_value(v));
}

static void flatten(const json_t *nodes, int depth, json_t *lines)
{
    size_t i;
    json_t *node;
    json_array_foreach(nodes, i, node)
    {
        char line[LINE_MAX_LEN];
        line_of(node, depth, line);
        json_array_append_new(lines, json_string(line));
        flatten(json_object_get(node, "children"), depth + 1, lines);
    }
}

enum tsm_err card_audit(struct card *c)
{
    json_t *tree, *lines;
    TRY(card_list(c));
    if (c->args->dry_run)
        return TSM_OK;
    TRY(ask_domains(c));
    tree = trees(c);
    for (size_t n = 0; n < LISTS; n++)
        json_object_del(c->doc, lists[n]);
    if (c->args->json) {
        json_object_set_new(c->doc, "tree", tree);
        return TSM_OK;
    }
    lines = json_array();
    flatten(tree, 0, lines);
    json_decref(tree);
    json_object_set_new(c->doc, "tree", lines);
    return TSM_OK;
}
