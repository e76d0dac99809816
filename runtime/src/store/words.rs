//! Words that stand in rows and on the wire: one list gives the enum, its snake_case spelling, and the way back. A word
//! that nobody knows (written by a newer version) is an error that names it, never a guess.

/// Declares an enum whose variants are spelled in rows and JSON as given.
macro_rules! words {
    ($($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal),+ $(,)? })+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        pub enum $name {
            $($(#[$variant_doc])* #[serde(rename = $word)] $variant),+
        }

        impl $name {
            /// Every word, in order of declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// As rows and the wire spell it.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::Error;
            fn from_str(word: &str) -> $crate::Result<Self> {
                match word {
                    $($word => Ok(Self::$variant),)+
                    _ => Err($crate::Error::invalid("word.unknown", format!("\"{word}\" is none of {}", [$($word),+].join(", ")))),
                }
            }
        }
    )+};
}

pub(crate) use words;
