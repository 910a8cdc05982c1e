/* SPDX-License-Identifier: Apache-2.0 */
/* Extradition as a plan of its own and as steps of others; the registry's associated domain tells what became
 * of it. Station 5. Pure. [GPCS 9.4, 11.4.3.1, 11.5.2.3.4] */
#include "order/manage/content.h"
#include "order/manage/move.h"

static enum tsm_err add_move(struct bytes what, struct bytes to, struct script *out)
{
    struct gp_install i = {.p1 = INSTALL_FOR_EXTRADITION, .domain = to, .application = what};
    size_t mark = script_mark(out);
    TRY(install_write(&i, &out->store));
    return script_add(out, mark);
}

/* Whose the object is by the first answer; empty where the card does not say, or does not have it. */
static struct bytes owner_of(const struct step_answer *a, size_t n, enum gp_status_scope scope,
                             struct bytes aid)
{
    struct gp_registry_entry e;
    struct reader r = READER(n ? a[0].data : BYTES_NONE);
    while (r.left.len && gp_registry_next(&r, scope, STATUS_TLV, &e) == TSM_OK)
        if (bytes_equal(e.aid, aid))
            return e.domain;
    return BYTES_NONE;
}

static enum verdict done_if(bool yes)
{
    return yes ? VERDICT_DONE : VERDICT_NOT_DONE;
}

static struct bytes issuer(const struct plan_facts *f)
{
    return BYTES_OF(f->profile->isd_aid, f->profile->isd_aid_len);
}

enum tsm_err build_move_home(const struct plan_facts *f, int arg, struct script *out)
{
    return add_move(application_aid(f, arg), f->domain_aid, out);
}

enum verdict judge_at_home(const struct plan_facts *f, int arg, const struct step_answer *a, size_t n)
{
    return done_if(bytes_equal(owner_of(a, n, STATUS_APPLICATIONS, application_aid(f, arg)), f->domain_aid));
}

bool is_born_at_home(const struct plan_facts *f, int arg)
{
    return no_such_application(f, arg) || !f->package_there || bytes_equal(f->package_domain, f->domain_aid);
}

enum tsm_err build_pass_load_file(const struct plan_facts *f, int arg, struct script *out)
{
    (void)arg;
    return add_move(f->package_aid, issuer(f), out);
}

enum verdict judge_load_file_passed(const struct plan_facts *f, int arg, const struct step_answer *a,
                                    size_t n)
{
    (void)arg;
    return done_if(bytes_equal(owner_of(a, n, STATUS_LOAD_FILES, f->package_aid), issuer(f)));
}

bool passes_no_load_file(const struct plan_facts *f, int arg)
{
    (void)arg;
    return f->package_not_ours || !f->package_used;
}

enum tsm_err build_join_parent(const struct plan_facts *f, int arg, struct script *out)
{
    (void)arg;
    return add_move(f->domain_aid, f->terms.parent, out);
}

enum verdict judge_below_parent(const struct plan_facts *f, int arg, const struct step_answer *a, size_t n)
{
    (void)arg;
    return done_if(bytes_equal(owner_of(a, n, STATUS_APPLICATIONS, f->domain_aid), f->terms.parent));
}

bool has_no_parent(const struct plan_facts *f, int arg)
{
    (void)arg;
    return f->terms.parent.len == 0;
}

static enum gp_status_scope scope_of(const struct plan_facts *f)
{
    return f->moves_load_file ? STATUS_LOAD_FILES : STATUS_APPLICATIONS;
}

static enum tsm_err build_extradite(const struct plan_facts *f, int arg, struct script *out)
{
    (void)arg;
    return add_move(f->moved, f->moved_to, out);
}

static enum tsm_err probe_moved(const struct plan_facts *f, int arg, struct script *out)
{
    (void)arg;
    return probe_registry(scope_of(f), f->moved, out);
}

static enum verdict judge_moved(const struct plan_facts *f, int arg, const struct step_answer *a, size_t n)
{
    (void)arg;
    return done_if(bytes_equal(owner_of(a, n, scope_of(f), f->moved), f->moved_to));
}

static const struct plan_step extradite_steps[] = {
    CHANGE_STEP("EXTRADITE", "the object goes to another domain of its hierarchy", IN_ISSUER, 0,
                build_extradite, probe_moved, judge_moved, 0),
};
const struct plan plan_extradite = {
    .name = "extradite", .steps = extradite_steps, .n = sizeof extradite_steps / sizeof extradite_steps[0]};
