-- SPDX-License-Identifier: Apache-2.0
-- Data preparation: the newest order of an instance, asked for where a card record comes a second time.
CREATE INDEX orders_instance ON orders(instance, id);
