//! How names of objects and columns are compared: letters and digits only, lower case, without the wrappers that APIs
//! and warehouses put around the vendor's own name.

/// Wrappers that stand before the vendor's own name.
const WRAPPERS: [&str; 4] = ["properties.", "property_", "attributes.", "fields."];

/// `properties.hs_object_id` and `HS_Object_Id` alike become `hsobjectid`.
pub fn column(name: &str) -> String {
    let lower = name.trim().to_lowercase();
    let bare = WRAPPERS.iter().find_map(|w| lower.strip_prefix(w)).unwrap_or(&lower);
    bare.chars().filter(char::is_ascii_alphanumeric).collect()
}

/// An object's name without its plural: `Opportunities` becomes `opportunity`, `companies` `company`, `status` stays.
pub fn object(name: &str) -> String {
    let letters: String =
        name.to_lowercase().chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    letters.split('_').filter(|p| !p.is_empty()).map(singular).collect::<Vec<_>>().join("_")
}

fn singular(word: &str) -> String {
    if let Some(stem) = word.strip_suffix("ies")
        && stem.len() > 1
    {
        return format!("{stem}y");
    }
    match word.strip_suffix('s') {
        Some(stem) if stem.len() > 2 && !stem.ends_with(['s', 'u']) => stem.to_owned(),
        _ => word.to_owned(),
    }
}

/// How well an object's name fits an alias: the alias's length when it is the whole name or a run of its words, else 0.
pub fn object_fit(name: &str, alias: &str) -> usize {
    let (name, alias) = (object(name), object(alias));
    if name == alias {
        return alias.len() + 1000;
    }
    let padded = format!("_{name}_");
    if padded.contains(&format!("_{alias}_")) { alias.len() } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_compare_without_wrappers_case_and_separators() {
        for spelling in ["properties.hs_object_id", "property_hs_object_id", "HsObjectId", " hs-object-id "] {
            assert_eq!(column(spelling), "hsobjectid");
        }
    }

    #[test]
    fn objects_compare_without_plural_and_inside_longer_names() {
        assert!(object_fit("opportunities_2024", "Opportunity") > 0);
        assert!(object_fit("Companies", "company") > 1000);
        assert_eq!(object_fit("accounting", "account"), 0);
        assert!(
            object_fit("opportunity_history", "opportunity_history") > object_fit("opportunity_history", "opportunity")
        );
    }
}
