/* SPDX-License-Identifier: Apache-2.0 */
/* Element profiles from a file. App. */
#include "app/card/catalogue.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"

static enum tsm_err read_text(const char *path, char **text, size_t *len)
{
    FILE *f = fopen(path, "rb");
    if (!f)
        return FAIL(IO, "%.150s: %s", path, strerror(errno));
    *text = malloc(JSON_BODY_MAX);
    *len = *text ? fread(*text, 1, JSON_BODY_MAX, f) : 0;
    fclose(f);
    NEED(*text != NULL, NO_MEMORY);
    return TSM_OK;
}

static enum tsm_err read_one(const json_t *o, struct se_profile *to)
{
    char why[ERR_CAUSE_MAX + 1];
    enum tsm_err e = profile_read(o, to);
    if (e == TSM_OK)
        return TSM_OK;
    memcpy(why, err_cause(), strlen(err_cause()) + 1);
    return err_fail(e, ERR_HERE, "profile \"%.40s\": %.160s", json_member(o, "name"), why);
}

static enum tsm_err read_all(const json_t *doc, struct se_profile *to, size_t cap, size_t *n)
{
    const json_t *list = json_is_object(doc) ? json_object_get(doc, "profiles") : doc;
    if (json_is_object(doc) && !list) { /* one profile alone, or as `info` proposes it */
        const json_t *one = json_object_get(doc, "profile");
        *n = 1;
        return read_one(one ? one : doc, to);
    }
    NEED(json_is_array(list), BAD_FORM);
    NEED(json_array_size(list) <= cap, TOO_LONG);
    for (size_t i = 0; i < json_array_size(list); i++)
        TRY(read_one(json_array_get(list, i), &to[i]));
    *n = json_array_size(list);
    return TSM_OK;
}

enum tsm_err catalogue_read(const char *path, struct se_profile *to, size_t cap, size_t *n)
{
    char *text = NULL;
    size_t len = 0;
    json_t *doc = NULL;
    enum tsm_err e = read_text(path, &text, &len);
    if (e == TSM_OK)
        e = json_read(BYTES_OF((const uint8_t *)text, len), &doc);
    if (e == TSM_OK)
        e = read_all(doc, to, cap, n);
    json_decref(doc);
    free(text);
    return e;
}
