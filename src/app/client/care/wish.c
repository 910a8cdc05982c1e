/* SPDX-License-Identifier: Apache-2.0 */
/* What --with NAME=VALUE says to the owner's care, as the body of a call. Station 1, seen from outside. Edge.
 * [capabilities S10 to S17] */
#include "app/client/care/wish.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/cap_file.h"
#include "base/hex.h"

/* "A,B" as a list of texts. */
static json_t *texts_of(const char *value)
{
    json_t *list = json_array();
    for (;;) {
        size_t n = strcspn(value, ",");
        json_array_append_new(list, json_stringn(value, n));
        if (!value[n])
            return list;
        value += n + 1;
    }
}

/* "0:delete,2:register" as a list of choices. */
static json_t *choices_of(const char *value)
{
    json_t *list = json_array();
    while (*value) {
        size_t n = strcspn(value, ",");
        const char *colon = memchr(value, ':', n);
        size_t word = colon ? (size_t)(colon - value) + 1 : n;
        json_array_append_new(list, json_pack("{sI ss%}", "drift", (json_int_t)strtoll(value, NULL, 10),
                                              "repair", value + word, n - word));
        value += n + (value[n] == ',');
    }
    return list;
}

/* "INSTANCE:MODULE,.." as a list of applications; a removal names instances alone. */
static json_t *applications_of(const char *value)
{
    json_t *list = json_array();
    while (*value) {
        size_t n = strcspn(value, ","), name = strcspn(value, ":,");
        json_t *o = json_pack("{ss%}", "instance", value, name);
        if (name < n)
            json_object_set_new(o, "module", json_stringn(value + name + 1, n - name - 1));
        json_array_append_new(list, o);
        value += n + (value[n] == ',');
    }
    return list;
}

/* Identifiers and AIDs are digits, too: only these members are numbers. */
static bool is_number(const char *name, const char *value)
{
    static const char *const names[] = {"kvn",    "deadline_s",   "per_minute", "at_once",
                                        "canary", "stop_percent", NULL};
    for (size_t i = 0; names[i]; i++)
        if (!strcmp(name, names[i]))
            return text_is_digits(value, 1, 9);
    return false;
}

static json_t *value_of(const char *name, const char *value)
{
    if (!strcmp(name, "repairs"))
        return choices_of(value);
    if (!strcmp(name, "elements"))
        return texts_of(value);
    if (!strcmp(name, "applications"))
        return applications_of(value);
    if (!strcmp(value, "true") || !strcmp(value, "false"))
        return json_boolean(value[0] == 't');
    return is_number(name, value) ? json_integer(strtoll(value, NULL, 10)) : json_string(value);
}

static void set_hex(json_t *o, const char *name, struct bytes value)
{
    char *text = malloc(2 * value.len + 1);
    if (text)
        json_object_set_new(o, name, json_string(hex_text(value, text)));
    free(text);
}

/* A CAP file as the server takes it: what is loaded, and the component that stays at home but is judged. */
static bool add_cap(json_t *file, const char *path)
{
    struct cap_file cap;
    uint8_t *block = NULL, hash[SHA256_LEN];
    enum tsm_err e = cap_file_read(path, &cap);
    if (e != TSM_OK) {
        fprintf(stderr, "tsm: %s: %s\n", path, err_cause()[0] ? err_cause() : err_text(e));
        return false;
    }
    e = cap_block_make(&cap.cap, &block, hash);
    if (e == TSM_OK) {
        set_hex(file, "content", BYTES_OF(block, cap.cap.code_size));
        set_hex(file, "descriptor", cap.cap.component[CAP_DESCRIPTOR]);
        set_hex(file, "hash", BYTES(hash));
    }
    free(block);
    cap_file_free(&cap);
    return e == TSM_OK;
}

/* Where a member stands: in the body, in what a campaign asks of each element, in the load file of either. */
struct places {
    json_t *body, *ask, *file;
    bool campaign;
};

static bool is_one_of(const char *name, const char *const *names)
{
    for (; *names; names++)
        if (!strcmp(name, *names))
            return true;
    return false;
}

static bool add_member(struct places *p, const char *name, const char *value)
{
    static const char *const asked[] = {"kvn", "same_kvn", "domain", "applications", NULL}, *const filed[] = {
                                                                                                "hash",
                                                                                                "package",
                                                                                                NULL};
    if (!strcmp(name, "cap"))
        return add_cap(p->file, value);
    json_object_set_new(is_one_of(name, filed)                  ? p->file
                        : p->campaign && is_one_of(name, asked) ? p->ask
                                                                : p->body,
                        name, value_of(name, value));
    return true;
}

json_t *care_wish(const struct client_args *a, bool campaign)
{
    struct places p = {json_object(), json_object(), json_object(), campaign};
    bool good = true;
    for (size_t i = 0; i < a->n_with && good; i++) {
        const char *equals = strchr(a->with[i], '=');
        char name[32];
        snprintf(name, sizeof name, "%.*s", equals ? (int)(equals - a->with[i]) : 31, a->with[i]);
        good = add_member(&p, name, equals ? equals + 1 : "true");
    }
    if (json_object_size(p.file))
        json_object_set(campaign ? p.ask : p.body, "load_file", p.file);
    if (json_object_size(p.ask))
        json_object_set(p.body, "ask", p.ask);
    json_decref(p.ask);
    json_decref(p.file);
    if (good)
        return p.body;
    json_decref(p.body);
    return NULL;
}
