use serde_json::json;

use super::*;

const SKU: &str = "//apps/licensing/v1/product/Google-Apps/sku/1010020028";

fn licensed() -> Workspace {
    let mut workspace = workspace();
    workspace.add_sku("Google-Apps", "1010020028", "Business Standard", 1);
    workspace.add_sku("Google-Apps", "1010020025", "Business Plus", 5);
    for name in ["ada", "bob"] {
        workspace.add_user(&format!("{name}@acme.example"), name, "Tester");
    }
    workspace
}

fn user(name: &str) -> Option<Value> {
    Some(json!({"userId": format!("{name}@acme.example")}))
}

#[test]
fn a_licence_needs_a_seat() {
    let mut workspace = licensed();
    let made = good(&mut workspace, "POST", &format!("{SKU}/user"), user("ada"));
    assert_eq!((&made["userId"], &made["skuName"]), (&json!("ada@acme.example"), &json!("Business Standard")));
    assert_eq!(workspace.free_seats("Google-Apps", "1010020028"), 0);
    refused(&mut workspace, "POST", &format!("{SKU}/user"), user("bob"), 412, "conditionNotMet");
    refused(&mut workspace, "POST", &format!("{SKU}/user"), user("ada"), 412, "conditionNotMet");
    assert_eq!(ask(&mut workspace, "DELETE", &format!("{SKU}/user/ada@acme.example"), None).status, 200);
    refused(&mut workspace, "DELETE", &format!("{SKU}/user/ada@acme.example"), None, 404, "notFound");
    good(&mut workspace, "POST", &format!("{SKU}/user"), user("bob"));
    refused(&mut workspace, "POST", &format!("{SKU}/user"), user("nobody"), 400, "invalid");
}

#[test]
fn a_suspended_user_keeps_the_licence_and_a_deleted_one_does_not() {
    let mut workspace = licensed();
    good(&mut workspace, "POST", &format!("{SKU}/user"), user("ada"));
    good(&mut workspace, "PATCH", "/users/ada@acme.example", Some(json!({"suspended": true})));
    assert_eq!(workspace.licenses_of("ada@acme.example"), ["1010020028"]);
    workspace.delete_user("ada@acme.example");
    assert_eq!(workspace.free_seats("Google-Apps", "1010020028"), 1);
}

#[test]
fn licences_are_listed_for_the_customer_id() {
    let mut workspace = licensed();
    good(&mut workspace, "POST", &format!("{SKU}/user"), user("ada"));
    let customer = workspace.customer_id().to_owned();
    let product = "//apps/licensing/v1/product/Google-Apps/users";
    let all = good(&mut workspace, "GET", &format!("{product}?customerId={customer}"), None);
    assert_eq!(all["items"][0]["userId"], "ada@acme.example");
    let other = "//apps/licensing/v1/product/Google-Apps/sku/1010020025/users";
    assert_eq!(good(&mut workspace, "GET", &format!("{other}?customerId={customer}"), None)["items"], json!([]));
    refused(&mut workspace, "GET", &format!("{product}?customerId=my_customer"), None, 400, "invalid");
    workspace.quirks.licensing_knows_my_customer = true;
    good(&mut workspace, "GET", &format!("{product}?customerId=my_customer"), None);
    refused(&mut workspace, "GET", product, None, 400, "required");
}

#[test]
fn a_licence_moves_within_its_product() {
    let mut workspace = licensed();
    good(&mut workspace, "POST", &format!("{SKU}/user"), user("ada"));
    let moved = good(&mut workspace, "PATCH", &format!("{SKU}/user/ada@acme.example"), Some(json!({"skuId": "1010020025"})));
    assert_eq!(moved["skuId"], "1010020025");
    assert_eq!(workspace.licenses_of("ada@acme.example"), ["1010020025"]);
}

#[test]
fn archiving_swaps_the_licence_and_needs_a_seat_of_its_own() {
    let mut workspace = licensed();
    good(&mut workspace, "POST", &format!("{SKU}/user"), user("ada"));
    let archive = |archived: bool| Some(json!({"archived": archived}));
    refused(&mut workspace, "PATCH", "/users/ada@acme.example", archive(true), 412, "conditionNotMet");
    workspace.add_sku(ARCHIVED_USER_PRODUCT, "1010340004", "Business Standard Archived User", 1);
    assert_eq!(good(&mut workspace, "PATCH", "/users/ada@acme.example", archive(true))["archived"], true);
    assert_eq!(workspace.licenses_of("ada@acme.example"), ["1010340004"]);
    refused(&mut workspace, "PATCH", "/users/bob@acme.example", archive(true), 412, "conditionNotMet");
    good(&mut workspace, "POST", &format!("{SKU}/user"), user("bob"));
    refused(&mut workspace, "PATCH", "/users/ada@acme.example", archive(false), 412, "conditionNotMet");
    assert_eq!(ask(&mut workspace, "DELETE", &format!("{SKU}/user/bob@acme.example"), None).status, 200);
    good(&mut workspace, "PATCH", "/users/ada@acme.example", archive(false));
    assert_eq!(workspace.licenses_of("ada@acme.example"), ["1010020028"]);
}

#[test]
fn an_automatic_licence_cannot_be_taken_away() {
    let mut workspace = licensed();
    workspace.quirks.automatic_license = Some(("Google-Apps".to_owned(), "1010020025".to_owned()));
    workspace.add_user("cid@acme.example", "Cid", "C");
    assert_eq!(workspace.licenses_of("cid@acme.example"), ["1010020025"]);
    let path = "//apps/licensing/v1/product/Google-Apps/sku/1010020025/user/cid@acme.example";
    refused(&mut workspace, "DELETE", path, None, 412, "conditionNotMet");
}
