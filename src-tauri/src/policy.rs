//! What the page's security policy says beyond `tauri.conf.json`: the one address on this computer that films come from,
//! which is another with every start.

use tauri::Config;
use tauri::utils::config::{Csp, CspDirectiveSources};

/// Lets films in from one origin and from nowhere else.
pub fn let_films_in(config: &mut Config, origin: &str) {
    if let Some(Csp::DirectiveMap(policy)) = &mut config.app.security.csp {
        policy.insert("media-src".to_owned(), CspDirectiveSources::Inline(origin.to_owned()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;

    #[test]
    fn one_directive_is_added_and_the_others_stay() {
        let mut config = Config::default();
        let given = HashMap::from([("default-src".to_owned(), CspDirectiveSources::Inline("'none'".to_owned()))]);
        config.app.security.csp = Some(Csp::DirectiveMap(given));
        let_films_in(&mut config, "http://127.0.0.1:1234");
        let Some(Csp::DirectiveMap(policy)) = config.app.security.csp else { unreachable!("it was a map") };
        let of = |name: &str| policy.get(name).map(|sources| Vec::<String>::from(sources.clone()));
        assert_eq!(of("media-src"), Some(vec!["http://127.0.0.1:1234".to_owned()]));
        assert_eq!((of("default-src"), policy.len()), (Some(vec!["'none'".to_owned()]), 2));
    }
}
