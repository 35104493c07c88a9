//! `/me`: the user that signed in.

use crate::principal::Principal;
use crate::reply::{self, Reply};
use crate::routes::graph::Address;

/// An address with the user's own id in place of `me`; an application by itself is nobody that could be meant.
pub(super) fn resolved(mut at: Address, principal: &Principal) -> Result<Address, Reply> {
    let is_me = at
        .parts
        .first()
        .is_some_and(|first| first.eq_ignore_ascii_case("me"));
    if !is_me {
        return Ok(at);
    }
    if !principal.is_user() {
        let message = "/me request is only valid with delegated authentication flow.";
        return Err(reply::graph(400, "BadRequest", message));
    }
    let own = ["users".to_owned(), principal.object_id.clone()];
    at.parts.splice(..1, own);
    for (place, _) in &mut at.alternates {
        *place += 1;
    }
    Ok(at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::principal::SignedInUser;
    use crate::routes::graph::address;

    #[test]
    fn me_is_the_user_and_no_application() {
        let mut caller = Principal {
            object_id: "o".to_owned(),
            ..Principal::default()
        };
        let key = |caller: &Principal, at: &str| resolved(address(at), caller).map(|at| at.key());
        assert_eq!(key(&caller, "/v1.0/Me").unwrap_err().status, 400);
        assert_eq!(key(&caller, "/v1.0/users/me").unwrap(), "/users/me");
        caller.user = Some(SignedInUser::default());
        assert_eq!(
            key(&caller, "/v1.0/me/memberOf").unwrap(),
            "/users/o/memberof"
        );
    }
}
