/* SPDX-License-Identifier: Apache-2.0 */
/* The components of a CAP file, judged one by one and put into the model. Station 4. Pure. [JCVM 6] */
#ifndef TSM_GP_VERIFY_PART_PART_H
#define TSM_GP_VERIFY_PART_PART_H

#include "gp/verify/model.h"
#include "gp/verify/type/type.h"

/* The info item of a component as a reader; where a reader stands in it. */
struct reader part_reader(const struct cap_model *m, enum cap_tag tag);
size_t part_offset(const struct cap_model *m, enum cap_tag tag, const struct reader *r);

/* Each judges a component and, where it says so, fills the model; called in this order. A failure without a
 * finding is a component that ends too early or too late: the caller makes a finding of it. */
enum tsm_err part_header(struct cap_model *m);
enum tsm_err part_directory(struct cap_model *m);
enum tsm_err part_imports(struct cap_model *m);
enum tsm_err part_static_fields(struct cap_model *m); /* image_size, image_references */
enum tsm_err part_pool(struct cap_model *m);          /* pool_count; tags alone */
enum tsm_err part_classes(struct cap_model *m);       /* class[] as the Class component has it */
enum tsm_err part_handlers(struct cap_model *m);      /* handlers */
enum tsm_err part_locations(struct cap_model *m);     /* byte_operands, short_operands: as listed */
enum tsm_err part_debug(struct cap_model *m);
/* With a Descriptor: */
enum tsm_err part_types(struct cap_model *m);        /* types, types_begin */
enum tsm_err part_descriptor(struct cap_model *m);   /* the rest of class[], method[], field[] */
enum tsm_err part_bodies(struct cap_model *m);       /* by_offset, the headers of methods */
enum tsm_err part_fields(struct cap_model *m);       /* fields against instance sizes and the image */
enum tsm_err part_pool_targets(struct cap_model *m); /* what pool entries refer to, and its type */
enum tsm_err part_parents(struct cap_model *m);      /* no class is its own parent, none under a final one */
enum tsm_err part_tables(struct cap_model *m);       /* virtual method tables */
enum tsm_err part_interfaces(struct cap_model *m);   /* tables of implemented interfaces */
enum tsm_err part_applets(struct cap_model *m);
enum tsm_err part_exports(struct cap_model *m);

/* Is this the class_ref of a class that exists, of the package or of an import. */
bool part_class_exists(const struct cap_model *m, uint16_t class_ref);

#endif
