/* SPDX-License-Identifier: Apache-2.0 */
/* Toolkit and file access parameters of UICC applications. Stations 5 and 10. Pure. [TS 102 226 8.2.1.3.2] */
#include "gp/content/uicc_params.h"

#include "gp/tlv.h"

enum { TAG_TOOLKIT = 0x80, TAG_ACCESS = 0x81, TAG_ADMIN = 0x82 };

/* Priority, timers, text length, menus, channels, security level, TARs: the part that EA/80 and CA share. */
static enum tsm_err write_toolkit(const struct uicc_toolkit *t, struct writer *w)
{
    NEED(t->menu_count <= UICC_MENUS_MAX && t->tar_count <= UICC_TARS_MAX, TOO_LONG);
    TRY(write_u8(w, t->priority));
    TRY(write_u8(w, t->timers));
    TRY(write_u8(w, t->menu_text_max));
    TRY(write_u8(w, t->menu_count));
    for (size_t i = 0; i < t->menu_count; i++) {
        TRY(write_u8(w, t->menu[i].position));
        TRY(write_u8(w, t->menu[i].identifier));
    }
    TRY(write_u8(w, t->channels));
    TRY(write_lv(w, t->msl));
    TRY(write_u8(w, t->tar_count * (unsigned)TAR_LEN));
    for (size_t i = 0; i < t->tar_count; i++)
        TRY(write_span(w, BYTES(t->tar[i])));
    return TSM_OK;
}

static enum tsm_err read_menus(struct reader *r, struct uicc_toolkit *t)
{
    TRY(read_u8(r, &t->menu_count));
    NEED(t->menu_count <= UICC_MENUS_MAX, TOO_LONG);
    for (size_t i = 0; i < t->menu_count; i++) {
        TRY(read_u8(r, &t->menu[i].position));
        TRY(read_u8(r, &t->menu[i].identifier));
    }
    return TSM_OK;
}

static enum tsm_err read_tars(struct reader *r, struct uicc_toolkit *t)
{
    uint8_t len;
    TRY(read_u8(r, &len));
    NEED(len % TAR_LEN == 0, BAD_LENGTH);
    NEED(len / TAR_LEN <= UICC_TARS_MAX, TOO_LONG);
    t->tar_count = len / TAR_LEN;
    for (size_t i = 0; i < t->tar_count; i++)
        TRY(read_copy(r, TAR_LEN, t->tar[i]));
    return TSM_OK;
}

static enum tsm_err read_toolkit_head(struct reader *r, struct uicc_toolkit *t)
{
    TRY(read_u8(r, &t->priority));
    TRY(read_u8(r, &t->timers));
    TRY(read_u8(r, &t->menu_text_max));
    TRY(read_menus(r, t));
    return read_u8(r, &t->channels);
}

/* UICC file system or ADF: AID, access domain, access domain DAP, each after its length. */
static enum tsm_err write_access(uint32_t tag, const struct uicc_access *list, size_t count, struct writer *w)
{
    size_t mark;
    NEED(count <= UICC_ACCESS_MAX, TOO_LONG);
    if (count == 0)
        return TSM_OK;
    TRY(tlv_open(w, tag, &mark));
    for (size_t i = 0; i < count; i++) {
        TRY(write_lv(w, list[i].aid));
        TRY(write_lv(w, list[i].domain));
        TRY(write_lv(w, list[i].dap));
    }
    return tlv_close(w, mark);
}

static enum tsm_err read_access(struct bytes value, struct uicc_access *list, uint8_t *count)
{
    struct reader r = READER(value);
    uint8_t n = 0;
    for (; r.left.len; n++) {
        NEED(n < UICC_ACCESS_MAX, TOO_LONG);
        TRY(read_lv(&r, &list[n].aid));
        TRY(read_lv(&r, &list[n].domain));
        TRY(read_lv(&r, &list[n].dap));
    }
    *count = n;
    return TSM_OK;
}

enum tsm_err uicc_params_write(const struct uicc_params *p, struct writer *w)
{
    struct writer at = *w;
    size_t mark;
    if (p->has_toolkit) {
        TRY(tlv_open(&at, TAG_TOOLKIT, &mark));
        TRY(write_toolkit(&p->toolkit, &at));
        TRY(write_u8(&at, p->toolkit.services));
        TRY(tlv_close(&at, mark));
    }
    TRY(write_access(TAG_ACCESS, p->access, p->access_count, &at));
    TRY(write_access(TAG_ADMIN, p->admin, p->admin_count, &at));
    *w = at;
    return TSM_OK;
}

static enum tsm_err read_toolkit(struct bytes value, struct uicc_toolkit *t)
{
    struct reader r = READER(value);
    TRY(read_toolkit_head(&r, t));
    TRY(read_lv(&r, &t->msl));
    TRY(read_tars(&r, t));
    TRY(read_u8(&r, &t->services));
    return read_end(&r);
}

struct spans {
    struct bytes toolkit, access, admin;
};

static const struct tlv_field ea_table[] = {
    {TAG_TOOLKIT, TLV_BYTES, offsetof(struct spans, toolkit), 8, 255, TLV_OPTIONAL, NULL},
    {TAG_ACCESS, TLV_BYTES, offsetof(struct spans, access), 3, 65535, TLV_OPTIONAL, NULL},
    {TAG_ADMIN, TLV_BYTES, offsetof(struct spans, admin), 3, 65535, TLV_OPTIONAL, NULL},
    {0},
};

enum tsm_err uicc_params_read(struct bytes value, struct uicc_params *out)
{
    struct uicc_params p = {0};
    struct spans s = {0};
    TRY(tlv_fill(value, ea_table, &s, TLV_SKIP_UNKNOWN));
    p.has_toolkit = s.toolkit.len != 0;
    if (p.has_toolkit)
        TRY(read_toolkit(s.toolkit, &p.toolkit));
    TRY(read_access(s.access, p.access, &p.access_count));
    TRY(read_access(s.admin, p.admin, &p.admin_count));
    *out = p;
    return TSM_OK;
}

enum tsm_err sim_params_write(const struct sim_params *p, struct writer *w)
{
    struct writer at = *w;
    TRY(write_lv(&at, p->access_domain));
    TRY(write_toolkit(&p->toolkit, &at));
    *w = at;
    return TSM_OK;
}

enum tsm_err sim_params_read(struct bytes value, struct sim_params *out)
{
    struct reader r = READER(value);
    struct sim_params p = {0};
    TRY(read_lv(&r, &p.access_domain));
    TRY(read_toolkit_head(&r, &p.toolkit));
    if (r.left.len)
        TRY(read_lv(&r, &p.toolkit.msl));
    if (r.left.len)
        TRY(read_tars(&r, &p.toolkit));
    TRY(read_end(&r));
    *out = p;
    return TSM_OK;
}
