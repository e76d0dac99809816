//! Proposes mappings for objects nobody has described: from field names, types and samples to the canonical model.
//!
//! Guarantee: pure functions over constants (a dictionary, a lexicon and a trained model that ship inside the binary); the
//! same object gives the same proposals on every machine, and a field that looks like nothing gets no proposal. A crash
//! cannot do anything to it.
//!
//! How it works: `words` cuts names into words; `object` strips what is only the vendor's or the object's own name; `entity`
//! finds the entity from the object's name and all its fields together; `features` reaches candidate fields through the
//! lexicon's inverted index and describes each (field, candidate) in numbers; `trees` judges them; `calibrate` turns the
//! judgement into a confidence. `train` and `score` serve the `evaluate` example only.
//!
//! Schema repair is beside it: `change` is its wire, `rename` proposes, over `sides` (a change read), `pair` (what is measured of
//! two fields, by `likeness`, `flags`, `order`, `declared`, `values`), `assign` and `parts`; `rename_fit` and `rename_score` serve
//! the `evaluate` example.
//!
//! ## Figures
//!
//! Printed by `cargo run --release -p autonomos-actors --example evaluate`. Each system is judged by a matcher that has learned
//! nothing of it, finds the entity itself and is shown no type and no sample; "applied" is a confidence of 0.85 or more.
//!
//! | left out | fields | mapped | P | R | F1 | applied P | applied R | applied | ECE |
//! |---|---|---|---|---|---|---|---|---|---|
//! | active_campaign | 49 | 16 | 1.000 | 0.938 | 0.968 | 1.000 | 0.750 | 12 | 0.073 |
//! | apollo | 144 | 44 | 0.772 | 1.000 | 0.871 | 1.000 | 0.864 | 38 | 0.169 |
//! | autonomos_csv | 128 | 126 | 1.000 | 0.992 | 0.996 | 1.000 | 0.524 | 66 | 0.102 |
//! | aws | 283 | 80 | 0.904 | 0.938 | 0.920 | 1.000 | 0.450 | 36 | 0.078 |
//! | aws_cur | 103 | 33 | 0.879 | 0.879 | 0.879 | 1.000 | 0.121 | 4 | 0.128 |
//! | close | 225 | 96 | 0.872 | 0.854 | 0.863 | 0.896 | 0.719 | 77 | 0.092 |
//! | digitalocean | 30 | 12 | 0.923 | 1.000 | 0.960 | 1.000 | 0.417 | 5 | 0.118 |
//! | hubspot | 344 | 135 | 0.977 | 0.926 | 0.951 | 1.000 | 0.741 | 100 | 0.053 |
//! | intercom | 90 | 22 | 0.880 | 1.000 | 0.936 | 0.947 | 0.818 | 19 | 0.082 |
//! | marketo | 19 | 14 | 1.000 | 1.000 | 1.000 | 1.000 | 0.786 | 11 | 0.050 |
//! | pardot | 47 | 32 | 1.000 | 0.969 | 0.984 | 1.000 | 0.719 | 23 | 0.055 |
//! | pipedrive | 320 | 91 | 0.978 | 0.967 | 0.972 | 1.000 | 0.659 | 60 | 0.073 |
//! | recurly | 15 | 10 | 0.889 | 0.800 | 0.842 | 1.000 | 0.700 | 7 | 0.119 |
//! | salesforce | 507 | 137 | 0.926 | 1.000 | 0.961 | 0.979 | 0.686 | 96 | 0.054 |
//! | salesloft | 121 | 55 | 1.000 | 1.000 | 1.000 | 1.000 | 0.673 | 37 | 0.074 |
//! | stripe | 23 | 6 | 1.000 | 1.000 | 1.000 | 1.000 | 1.000 | 6 | 0.022 |
//! | stripe_fivetran | 37 | 11 | 1.000 | 1.000 | 1.000 | 1.000 | 1.000 | 11 | 0.029 |
//! | xero | 28 | 6 | 1.000 | 0.667 | 0.800 | 1.000 | 0.500 | 3 | 0.064 |
//! | zendesk | 45 | 14 | 0.857 | 0.857 | 0.857 | 1.000 | 0.786 | 11 | 0.136 |
//! | zendesk_sell | 148 | 72 | 0.944 | 0.944 | 0.944 | 0.983 | 0.806 | 59 | 0.011 |
//! | all systems, names only | 2706 | 1012 | 0.938 | 0.952 | 0.945 | 0.982 | 0.661 | 681 | 0.028 |
//! | all systems, with types and samples | 2706 | 1012 | 0.936 | 0.958 | 0.947 | 0.984 | 0.740 | 761 | 0.020 |
//!
//! The learned part has not seen the system judged, but the lexicon was written by hand by somebody who had seen these systems, so
//! the figures flatter it here. What the lexicon is worth, and how far they may fall where it knows nothing: without any of its
//! synonyms (only the canonical names of fields, the dictionary and what training remembers) names alone still give the first line below; with every
//! second phrase taken away the second.
//!
//! | lexicon | P | R | F1 | applied P | applied R | ECE |
//! |---|---|---|---|---|---|---|
//! | no synonym | 0.924 | 0.770 | 0.840 | 0.969 | 0.524 | 0.044 |
//! | every second phrase | 0.917 | 0.917 | 0.917 | 0.967 | 0.587 | 0.041 |
//!
//! Each project's labels judged by a matcher that has seen no label of the project and no field of the systems judged. Only that
//! project's mapped fields count, but every unmapped field of its objects, which makes precision harsher than above:
//!
//! | left out | fields | mapped | P | R | F1 | applied P | applied R | applied | ECE |
//! |---|---|---|---|---|---|---|---|---|---|
//! | adjudicated | 1347 | 175 | 0.802 | 0.926 | 0.859 | 0.903 | 0.640 | 124 | 0.104 |
//! | autonomos | 370 | 128 | 0.984 | 0.961 | 0.972 | 1.000 | 0.672 | 86 | 0.073 |
//! | fivetran_dbt | 836 | 124 | 0.875 | 0.960 | 0.915 | 0.972 | 0.556 | 71 | 0.077 |
//! | fixinventory | 309 | 88 | 0.923 | 0.955 | 0.939 | 1.000 | 0.205 | 18 | 0.112 |
//! | focus_converters | 82 | 12 | 0.714 | 0.833 | 0.769 | 1.000 | 0.083 | 1 | 0.116 |
//! | nango_integration_templates | 662 | 70 | 0.747 | 0.971 | 0.845 | 0.951 | 0.829 | 61 | 0.170 |
//! | panora | 466 | 101 | 0.879 | 0.931 | 0.904 | 0.910 | 0.604 | 67 | 0.098 |
//! | revert | 853 | 105 | 0.800 | 0.952 | 0.870 | 0.923 | 0.686 | 78 | 0.093 |
//! | supaglue | 912 | 207 | 0.886 | 0.981 | 0.931 | 1.000 | 0.681 | 141 | 0.055 |
//!
//! Objects that are no entity of ours do not occur in the truth; when they are doubted is set by hand (`entity::known`). Bulk: 480,000
//! fields/s a core (500,000 fields, half of the names altered so that they are nobody's, time on the CPU).

pub mod assign;
pub mod calibrate;
pub mod change;
pub mod declared;
pub mod entity;
pub mod features;
pub mod flags;
pub mod lexicon;
pub mod likeness;
pub mod logit;
pub mod memory;
pub mod model;
pub mod object;
pub mod order;
pub mod pair;
pub mod parts;
pub mod propose;
pub mod rename;
pub mod rename_fit;
pub mod rename_score;
pub mod score;
pub mod shape;
pub mod sides;
pub mod train;
pub mod trees;
pub mod values;
pub mod words;

pub use change::{OneOrMany, RepairCase, RepairField, RepairKind, RepairProposal};
pub use propose::{Brief, FieldSample, MappingProposal, ObjectSample, propose_mapping, propose_mapping_bulk};
pub use rename::propose_repair;
