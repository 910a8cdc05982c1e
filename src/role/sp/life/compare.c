/* SPDX-License-Identifier: Apache-2.0 */
/* Two flavors compared by what reaches the card. Station 5. Pure. [TR-03165 4.2.5.4] */
#include "role/sp/life/compare.h"

#include <string.h>
#include <strings.h>

#include "base/json.h"

/* What does not reach the card: names, and what the owner is asked before. */
static const char *const beside_the_card[] = {"name", "profiles", "memory", NULL};
/* What is one load file's alone; on all else every part depends. */
static const char *const of_one_file[] = {"name",           "profiles",   "memory",       "load_file",
                                          "load_file_hash", "load_files", "applications", NULL};
static const char *const revision[] = {"load_file_hash", NULL};

static json_t *without(const json_t *flavor, const char *const *names)
{
    json_t *o = json_deep_copy(flavor);
    for (; o && *names; names++)
        json_object_del(o, *names);
    return o;
}

static bool same_without(const json_t *a, const json_t *b, const char *const *names)
{
    json_t *left = without(a, names), *right = without(b, names);
    bool same = left && right && json_equal(left, right);
    json_decref(left);
    json_decref(right);
    return same;
}

/* A flavor that names no revision takes the newest: which one the card has, it does not say. */
static bool names_revisions(const json_t *flavor)
{
    return json_object_get(flavor, "load_file_hash") || json_object_get(flavor, "load_files");
}

enum renewal flavors_compare(const json_t *former, const json_t *fresh, bool upgrades)
{
    enum renewal r = RENEWAL_REINSTALL;
    json_t *a = without(former, beside_the_card), *b = without(fresh, beside_the_card);
    if (a && b && names_revisions(a) && json_equal(a, b))
        r = RENEWAL_NONE;
    else if (a && b && upgrades && !json_object_get(a, "load_files") && same_without(a, b, revision))
        r = RENEWAL_UPGRADE;
    json_decref(a);
    json_decref(b);
    return r;
}

static const json_t *files_of(const json_t *flavor)
{
    return json_object_get(flavor, "load_files");
}

static const char *aid_of(const json_t *flavor, size_t file)
{
    const json_t *list = files_of(flavor);
    return json_member(json_array_size(list) ? json_array_get(list, file) : flavor, "load_file");
}

/* The applications of the load file with this AID, in the order of the flavor. */
static json_t *applications_of(const json_t *flavor, const char *aid)
{
    json_t *list = json_array(), *app;
    size_t i;
    json_array_foreach(json_object_get(flavor, "applications"), i, app)
    {
        size_t file = (size_t)json_integer_value(json_object_get(app, "file"));
        json_t *copy;
        if (strcmp(aid_of(flavor, file), aid) != 0)
            continue;
        copy = json_deep_copy(app);
        json_object_del(copy, "file"); /* its place in the list is no fact of the card */
        json_array_append_new(list, copy);
    }
    return list;
}

static const json_t *file_named(const json_t *flavor, const char *aid)
{
    const json_t *one;
    size_t i;
    json_array_foreach(files_of(flavor), i, one)
    {
        if (!strcasecmp(json_member(one, "load_file"), aid))
            return one;
    }
    return NULL;
}

static bool has(const json_t *list, const char *aid)
{
    const json_t *one;
    size_t i;
    json_array_foreach(list, i, one)
    {
        if (json_is_string(one) && !strcasecmp(json_string_value(one), aid))
            return true;
    }
    return false;
}

/* Each import of a file of the former flavor is of one that stays. */
static bool stands_firm(const json_t *former, const json_t *file, const json_t *kept)
{
    const json_t *name;
    size_t i;
    json_array_foreach(json_object_get(file, "imports"), i, name)
    {
        const char *aid = json_is_string(name) ? json_string_value(name) : "";
        if (file_named(former, aid) && !has(kept, aid))
            return false;
    }
    return true;
}

static bool is_same_file(const json_t *former, const json_t *fresh, const json_t *file)
{
    const char *aid = json_member(file, "load_file");
    const json_t *there = file_named(former, aid);
    json_t *a = applications_of(former, aid), *b = applications_of(fresh, aid);
    bool same = there && json_equal(there, file) && json_equal(a, b);
    json_decref(a);
    json_decref(b);
    return same;
}

/* Files stand behind those that they import, so one pass is enough. */
json_t *flavors_kept(const json_t *former, const json_t *fresh)
{
    json_t *kept = json_array();
    const json_t *file;
    size_t i;
    if (!same_without(former, fresh, of_one_file))
        return kept;
    json_array_foreach(files_of(fresh), i, file)
    {
        if (is_same_file(former, fresh, file) && stands_firm(former, file, kept))
            json_array_append_new(kept, json_string(json_member(file, "load_file")));
    }
    return kept;
}

bool flavor_keeps(const json_t *kept, const json_t *flavor, size_t file)
{
    return has(kept, aid_of(flavor, file));
}
