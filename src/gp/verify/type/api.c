/* SPDX-License-Identifier: Apache-2.0 */
/* The lists of what packages export: put together from the tables of the house, asked by token and by name.
 * Station 4. Pure. [JCVM 4.3, 5] */
#include "gp/verify/type/api.h"

#include <string.h>

#include "base/hex.h"

static const struct api_table tables[] = {
    {"A0000000620001", api_lang},
    {"A0000000620101", api_framework},
    {"A0000000620102", api_security},
    {"A0000000620201", api_crypto},
};
enum { TABLES = sizeof tables / sizeof tables[0], AID_ROOM = 16, PARENT_DEPTH_MAX = 16 };

enum tsm_err api_put_package(struct cap_api *api, struct bytes aid, uint8_t *index)
{
    struct api_package *p = &api->package[api->packages];
    size_t len;
    NEED(api->packages < API_PACKAGES_MAX, TOO_LONG);
    TRY(bytes_keep(aid, p->aid_room, AID_ROOM, &len));
    p->aid = BYTES_OF(p->aid_room, len);
    *index = (uint8_t)api->packages++;
    return TSM_OK;
}

enum tsm_err api_put_class(struct cap_api *api, const struct api_class *c)
{
    struct api_class *at = &api->class[api->classes];
    NEED(api->classes < API_CLASSES_MAX, TOO_LONG);
    *at = *c;
    at->first_member = api->members;
    at->first_super = api->supers;
    at->members = at->supers = 0;
    api->classes++;
    return TSM_OK;
}

enum tsm_err api_put_super(struct cap_api *api, struct bytes name)
{
    NEED(api->supers < API_SUPERS_MAX, TOO_LONG);
    api->super[api->supers++] = name;
    api->class[api->classes - 1].supers++;
    return TSM_OK;
}

enum tsm_err api_put_member(struct cap_api *api, const struct api_member *member)
{
    NEED(api->members < API_MEMBERS_MAX, TOO_LONG);
    api->member[api->members++] = *member;
    api->class[api->classes - 1].members++;
    return TSM_OK;
}

/* The next word of a text, words being divided by one space; false at the end. */
static bool next_word(const char **text, struct bytes *word)
{
    size_t len = strcspn(*text, " ");
    *word = BYTES_OF((const uint8_t *)*text, len);
    *text += len;
    *text += **text == ' ';
    return len > 0;
}

static enum tsm_err put_word(struct cap_api *api, struct bytes word)
{
    struct reader r = READER(word);
    struct api_member member = {0};
    uint8_t c;
    TRY(read_u8(&r, &c));
    if (c == '+') {
        member.is_protected = true;
        TRY(read_u8(&r, &c));
    }
    member.kind = (enum api_kind)c;
    while (r.left.len && r.left.at[0] >= '0' && r.left.at[0] <= '9') {
        TRY(read_u8(&r, &c));
        member.token = (uint8_t)(member.token * 10 + (c - '0'));
    }
    member.type = r.left;
    return api_put_member(api, &member);
}

static enum tsm_err put_row(struct cap_api *api, uint8_t package, const struct api_row *row)
{
    const char *parents = row->parents, *members = row->members;
    struct bytes word;
    struct api_class c = {.name = bytes_of_text(row->name),
                          .package = package,
                          .token = row->token,
                          .is_interface = strchr(row->flags, 'i') != NULL,
                          .is_final = strchr(row->flags, 'f') != NULL,
                          .is_abstract = strchr(row->flags, 'a') != NULL};
    TRY(api_put_class(api, &c));
    while (next_word(&parents, &word))
        TRY(api_put_super(api, word));
    while (next_word(&members, &word))
        TRY(put_word(api, word));
    return TSM_OK;
}

enum tsm_err api_add_known(struct cap_api *api, struct bytes aid)
{
    for (size_t i = 0; i < TABLES; i++) {
        uint8_t room[AID_ROOM], package;
        size_t len;
        TRY(hex_read(tables[i].aid, room, sizeof room, &len));
        if (!bytes_equal(aid, BYTES_OF(room, len)) || api_knows(api, aid))
            continue;
        TRY(api_put_package(api, aid, &package));
        for (const struct api_row *row = tables[i].row; row->name; row++)
            TRY(put_row(api, package, row));
    }
    return TSM_OK;
}

enum tsm_err api_begin(struct cap_api *api)
{
    uint8_t room[AID_ROOM];
    size_t len;
    api->packages = api->classes = api->members = api->supers = 0;
    TRY(hex_read(tables[0].aid, room, sizeof room, &len));
    return api_add_known(api, BYTES_OF(room, len));
}

bool api_knows(const struct cap_api *api, struct bytes aid)
{
    for (size_t i = 0; i < api->packages; i++)
        if (bytes_equal(api->package[i].aid, aid))
            return true;
    return false;
}

int api_class_by_token(const struct cap_api *api, struct bytes aid, uint8_t token)
{
    for (size_t i = 0; i < api->classes; i++)
        if (api->class[i].token == token && bytes_equal(api->package[api->class[i].package].aid, aid))
            return (int)i;
    return -1;
}

int api_class_by_name(const struct cap_api *api, struct bytes name)
{
    for (size_t i = 0; i < api->classes; i++)
        if (bytes_equal(api->class[i].name, name))
            return (int)i;
    return -1;
}

static const struct api_member *declared(const struct cap_api *api, const struct api_class *c,
                                         enum api_kind kind, uint8_t token)
{
    for (size_t i = 0; i < c->members; i++) {
        const struct api_member *member = &api->member[c->first_member + i];
        if (member->kind == kind && member->token == token)
            return member;
    }
    return NULL;
}

const struct api_member *api_member(const struct cap_api *api, size_t class_index, enum api_kind kind,
                                    uint8_t token)
{
    const struct api_class *c = &api->class[class_index];
    for (size_t depth = 0; depth < PARENT_DEPTH_MAX; depth++) {
        const struct api_member *found = declared(api, c, kind, token);
        int parent;
        if (found || kind != API_VIRTUAL_METHOD || c->is_interface || c->supers == 0)
            return found;
        parent = api_class_by_name(api, api->super[c->first_super]);
        if (parent < 0 || api->class[parent].is_interface)
            return NULL;
        c = &api->class[parent];
    }
    return NULL;
}
