/* SPDX-License-Identifier: Apache-2.0 */
/* Toolkit parameters and the parameters of a new security domain: where it listens over the air, which
 * protocols it speaks, what it accepts (station 6, the card's side); pure; TS 102 226 8.2.1.3.2,
 * GPCS 2.3.1 11.5.2.3.7. */
#include "card/content/install.h"

#include "card/channel/scp02.h"
#include "card/channel/scp03.h"
#include "card/model/registry.h"
#include "card/scp11/scp11.h"
#include "common/tlv.h"

#include <string.h>

#define MENU_ENTRY        2 /* position and identifier */
#define MSL_PARAMETER_SPI 0x01
#define FIXED_BEFORE_MENU 3 /* priority, timers, text length */

#define TAG_SCP            0x81
#define TAG_ACCEPT_CONTENT 0x82
#define TAG_ACCEPT_DELETE  0x83
#define TAG_PERSONALIZED   0x84
#define TAG_ACCEPT_LEAVING 0x87

/* One LV at *at; moves behind it. */
static bool next_lv(const struct field *f, size_t *at, struct field *value)
{
    if (*at >= f->len || f->at[*at] > f->len - *at - 1)
        return false;
    *value = (struct field){.at = f->at + *at + 1, .len = f->at[*at]};
    *at += 1 + value->len;
    return true;
}

static bool read_msl(const struct field *v, struct install_parameters *p)
{
    if (v->len == 0)
        return true;
    if (v->len != 2 || v->at[0] != MSL_PARAMETER_SPI)
        return false;
    p->has_msl = true;
    p->msl = v->at[1];
    return true;
}

static bool read_tars(const struct field *v, struct install_parameters *p)
{
    if (v->len % TAR_LEN != 0 || v->len / TAR_LEN > SD_MAX_TARS)
        return false;
    p->tar_count = (uint8_t)(v->len / TAR_LEN);
    for (size_t i = 0; i < p->tar_count; i++)
        memcpy(p->tars[i], v->at + i * TAR_LEN, TAR_LEN);
    return true;
}

bool toolkit_read(const struct field *f, bool uicc, struct install_parameters *p)
{
    struct field access, value;
    size_t at = 0;

    if (!uicc && !next_lv(f, &at, &access))
        return false;
    if (f->len - at < FIXED_BEFORE_MENU + 1)
        return false;
    at += FIXED_BEFORE_MENU;
    if (f->len - at - 1 < MENU_ENTRY * (size_t)f->at[at] + 1)
        return false;
    at += 1 + MENU_ENTRY * (size_t)f->at[at] + 1; /* the last byte is the number of channels */
    if (at < f->len && (!next_lv(f, &at, &value) || !read_msl(&value, p)))
        return false;
    if (at < f->len && (!next_lv(f, &at, &value) || !read_tars(&value, p)))
        return false;
    if (uicc && at < f->len)
        at++; /* number of services */
    return at == f->len;
}

static bool option_supported(uint8_t scp, uint8_t i)
{
    if (scp == SCP80)
        return true;
    if (scp == SCP11)
        return (i & (SCP11_I_A | SCP11_I_B | SCP11_I_C)) != 0;
    if (scp == SCP02)
        return i == 0x15 || i == 0x55 || i == 0x35 || i == 0x75;
    i &= (uint8_t)~SCP03_I_S16;
    return scp == SCP03 && (i == 0x00 || i == 0x10 || i == 0x20 || i == 0x30 || i == 0x60 || i == 0x70);
}

static bool read_options(struct sd *sd, const struct tlv *t)
{
    size_t at = 0;

    while (at + 2 <= t->len && sd->scp_count < SD_MAX_SCPS) {
        struct scp_option o = {.scp = t->value[at], .i = t->value[at + 1]};
        bool more = o.scp == SCP11 && (o.i & SCP11_I_MORE) != 0;

        at += 2;
        if ((more && at == t->len) || !option_supported(o.scp, o.i))
            return false;
        if (more)
            o.i2 = t->value[at++];
        sd->scps[sd->scp_count++] = o;
    }
    return t->len > 0 && at == t->len;
}

/* Clients send one byte or two; the first says who is obeyed. */
static bool read_policy(const struct tlv *t, struct policy *to)
{
    if (t->len != 1 && t->len != 2)
        return false;
    *to = (struct policy){.given = true, .who = t->value[0]};
    return true;
}

/* Tags 70 to 7E and F0 to FE are proprietary; the rest is reserved, so an unknown tag is refused. */
static bool read_specific(struct sd *sd, const struct tlv *t)
{
    switch (t->tag) {
    case TAG_SCP:
        return read_options(sd, t);
    case TAG_ACCEPT_CONTENT:
        return read_policy(t, &sd->accept_content);
    case TAG_PERSONALIZED:
        sd->born_personalized = true;
        return t->len == 0;
    case TAG_ACCEPT_DELETE:
        return read_policy(t, &sd->accept_deletion);
    case TAG_ACCEPT_LEAVING:
        return read_policy(t, &sd->accept_leaving);
    default:
        return (t->tag >= 0x70 && t->tag <= 0x7E) || (t->tag >= 0xF0 && t->tag <= 0xFE);
    }
}

static bool tar_taken(struct card *c, const struct sd *asking, const uint8_t tar[TAR_LEN])
{
    const struct sd *owner = card_sd_by_tar(c, tar);

    return owner != NULL && owner != asking;
}

uint16_t sd_parameters_apply(struct sd *sd, const struct install_parameters *p)
{
    const struct sd *parent = sd->self->owner->sd;
    struct tlv t = {0};

    while (t.end < p->specific.len)
        if (!tlv_read(p->specific.at, p->specific.len, t.end, &t) || !read_specific(sd, &t))
            return SW_WRONG_DATA;
    if (sd->scp_count == 0) {
        memcpy(sd->scps, parent->scps, sizeof sd->scps);
        sd->scp_count = parent->scp_count;
    }
    if (tlv_find(p->crt.at, p->crt.len, TAG_SUBJECT, &t) && !scp11_set_owner(sd, t.value, t.len))
        return SW_WRONG_DATA;
    for (size_t i = 0; i < p->tar_count; i++)
        if (tar_taken(sd->card, sd, p->tars[i]))
            return SW_WRONG_DATA;
    memcpy(sd->tars, p->tars, sizeof sd->tars);
    sd->tar_count = p->tar_count;
    sd->grant = p->grant;
    sd->ram_grant = p->ram_grant;
    sd->msl = p->has_msl ? p->msl : parent->msl;
    return SW_OK;
}
