/* SPDX-License-Identifier: Apache-2.0 */
/* The steps of card content management that every mode shares: what is sent, with a token or without, what is
 * asked for and how the answer is judged. Station 5. Pure. [GPCS 11.2, 11.4, 11.5, 11.6] */
#ifndef TSM_ORDER_MANAGE_CONTENT_H
#define TSM_ORDER_MANAGE_CONTENT_H

#include "order/plan_script.h"

/* INSTALL [for load] alone, and with the LOAD commands behind it; `token` empty where none is due. */
enum tsm_err content_load_request(const struct plan_facts *f, struct bytes token, struct script *out);
enum tsm_err content_load(const struct plan_facts *f, struct bytes token, struct script *out);
/* INSTALL [for install and make selectable] of application `arg`. */
enum tsm_err content_install(const struct plan_facts *f, int arg, struct bytes token, struct script *out);
/* INSTALL of the provider's domain, with the terms of the facts. */
enum tsm_err content_make_domain(const struct plan_facts *f, int arg, struct script *out);
/* DELETE of an application, and of the load file with all that was made from it. */
enum tsm_err content_delete_application(const struct plan_facts *f, int arg, struct bytes token,
                                        struct script *out);
enum tsm_err content_delete_load_file(const struct plan_facts *f, struct bytes token, struct script *out);
enum tsm_err content_delete_domain(const struct plan_facts *f, int arg, struct script *out);

/* The same as a step's `build`: without token. */
enum tsm_err content_delete_plain(const struct plan_facts *f, int arg, struct script *out);

/* Probes and judges, by the registry of the domain that executes. */
enum tsm_err probe_domain(const struct plan_facts *f, int arg, struct script *out);
enum tsm_err probe_load(const struct plan_facts *f, int arg, struct script *out);
enum tsm_err probe_application(const struct plan_facts *f, int arg, struct script *out);
enum verdict judge_domain(const struct plan_facts *f, int arg, const struct step_answer *a, size_t n);
enum verdict judge_domain_gone(const struct plan_facts *f, int arg, const struct step_answer *a, size_t n);
enum verdict judge_load(const struct plan_facts *f, int arg, const struct step_answer *a, size_t n);
enum verdict judge_load_file_gone(const struct plan_facts *f, int arg, const struct step_answer *a, size_t n);
enum verdict judge_installed(const struct plan_facts *f, int arg, const struct step_answer *a, size_t n);
enum verdict judge_gone(const struct plan_facts *f, int arg, const struct step_answer *a, size_t n);

/* A payment system environment (application `arg`) told what to list: facts.ppse in STORE DATA. Whether it
 * took it shows in no registry: the run begins again, which is harmless. */
enum tsm_err content_directory(const struct plan_facts *f, int arg, struct script *out);
enum verdict judge_directory(const struct plan_facts *f, int arg, const struct step_answer *a, size_t n);
bool has_directory(const struct plan_facts *f, int arg);
bool has_no_directory(const struct plan_facts *f, int arg);

/* Steps that are passed over: the service has no such application, or the card has it; the load file is
 * there for another service, or by an earlier part of this one: then it comes without its octets. */
bool no_such_application(const struct plan_facts *f, int arg);
bool load_file_there(const struct plan_facts *f, int arg);

/* Who names an AID in a removal names what is his by the registry, or it stays. A load file stays, too, as
 * long as others use it. */
bool application_not_ours(const struct plan_facts *f, int arg);
bool package_not_ours(const struct plan_facts *f, int arg);
/* More of its content is still to go. */
bool domain_stays(const struct plan_facts *f, int arg);

#endif
