/* SPDX-License-Identifier: Apache-2.0 */
/* The elements that a handset shows, as their owners know them: who they are, whether a service may come to
 * them, and which one it goes to. Station 4. Role. [TR-03165 3.3.1, 3.3.2, 4.2.5.1] */
#ifndef TSM_ROLE_SP_TSMAPI_FIND_ELEMENT_H
#define TSM_ROLE_SP_TSMAPI_FIND_ELEMENT_H

#include "role/sp/tsmapi/find/service.h"

enum { IDENTS_MAX = 6, ELEMENT_REASON_MAX = 200, FITTING_MAX = 16 };

/* A name that an inventory may know the element by. */
struct ident {
    int64_t kind; /* enum se_kind */
    char ref[IDENT_MAX + 1];
};
/* The names that the component shows or that follow from its CPLC, the most telling first. Pure. */
size_t component_idents(const struct component *c, struct ident out[IDENTS_MAX]);

struct shown_element {
    const struct component *component;
    struct ident ident;                             /* by which its owner knows it */
    bool known, unreachable, eligible, by_messages; /* by_messages: without the handset's help */
    int64_t owner, type;                            /* type: enum component_type */
    char element[IDENT_MAX + 1];                    /* "OWNER/NAME", as instances have it */
    char profile[PROFILE_NAME_MAX + 1];
    char reason[ELEMENT_REASON_MAX]; /* why not eligible */
    /* For the service in hand. */
    int64_t instance, flavor; /* 0: none */
};
/* The first owner that knows the component tells its name and profile; known stays false where none does,
 * unreachable is set where one could not be asked. */
enum tsm_err element_look(struct sp *sp, int64_t party, const struct component *c, struct shown_element *out);
/* The same for the element of an instance, by the name it was deployed with; component stays NULL. */
enum tsm_err element_by_name(struct sp *sp, int64_t party, const struct api_instance *i,
                             struct shown_element *out);
/* Asks the owner whether the flavor may come: eligible, reason. Without the SP. */
enum tsm_err element_judge(struct sp *sp, int64_t party, int64_t service, struct shown_element *el);
/* The service's instance there, by the owner's name of the element or by any that the handset shows. */
enum tsm_err element_instance(struct tx *tx, int64_t party, int64_t service, struct shown_element *el);

/* The element that a service goes to; -1 when none is eligible. Depends on the set alone, not on its order.
 * Pure. */
int element_choose(const struct shown_element *list, size_t n);

/* What the component's own words make it, where its owner cannot tell: names of profiles that it may have.
 * `all`: also those that it does not contradict. */
struct fitting {
    char name[FITTING_MAX][PROFILE_NAME_MAX + 1];
    size_t n;
};
enum tsm_err component_fits(struct tx *tx, const struct component *c, bool all, struct fitting *out);

#endif
