//! Licences: who holds which SKU, and how many seats there are.

use serde_json::{Value, json};

use super::page::{Size, page};
use super::refusal::{Outcome, bad_request, condition, found, invalid, missing, required, tagged};
use super::user::User;
use super::users::object;
use super::workspace::Workspace;
use crate::web::{Answer, Request};

/// The product of the licences that archived users hold.
pub const ARCHIVED_USER_PRODUCT: &str = "101034";

const PAGE: Size = Size { default: 100, maximum: 1000 };

#[derive(Debug, Clone)]
pub(super) struct Sku {
    product: String,
    id: String,
    name: String,
    seats: usize,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct License {
    product: String,
    sku: String,
    /// The user id: a new address changes nothing.
    pub(super) user: String,
}

impl Workspace {
    /// A subscription by hand: product, SKU, name, seats.
    pub fn add_sku(&mut self, product: &str, sku: &str, name: &str, seats: usize) {
        let sku = Sku { product: product.to_owned(), id: sku.to_owned(), name: name.to_owned(), seats };
        self.skus.push(sku);
    }

    /// The subscription has so many seats from now on.
    pub fn set_seats(&mut self, product: &str, sku: &str, seats: usize) {
        let of = |known: &&mut Sku| known.product == product && known.id == sku;
        self.skus.iter_mut().filter(of).for_each(|sku| sku.seats = seats);
    }

    /// A licence by hand, without regard to seats.
    pub fn add_license(&mut self, product: &str, sku: &str, user: &str) {
        if let Some(user) = self.find_user(user).map(|user| user.id.clone()) {
            self.licenses.push(License { product: product.to_owned(), sku: sku.to_owned(), user });
        }
    }

    /// The SKUs that a user holds.
    #[must_use]
    pub fn licenses_of(&self, user: &str) -> Vec<String> {
        let id = self.find_user(user).map(|user| user.id.as_str());
        self.licenses.iter().filter(|license| Some(license.user.as_str()) == id).map(|license| license.sku.clone()).collect()
    }

    /// How many seats of a SKU are free.
    #[must_use]
    pub fn free_seats(&self, product: &str, sku: &str) -> usize {
        let seats = self.sku(product, sku).map_or(0, |sku| sku.seats);
        seats.saturating_sub(self.licenses.iter().filter(|license| license.product == product && license.sku == sku).count())
    }

    fn sku(&self, product: &str, id: &str) -> Result<&Sku, Answer> {
        let found = self.skus.iter().find(|sku| sku.product == product && sku.id == id);
        found.ok_or_else(|| missing("The product-SKU pair does not exist"))
    }

    fn shown_license(&self, license: &License) -> Value {
        let License { product, sku, user } = license;
        let email = self.users.get(user).map(|user| user.primary_email.as_str()).unwrap_or_default();
        let link = format!("{}/apps/licensing/v1/product/{product}/sku/{sku}/user/{email}", self.base_url);
        let name = self.sku(product, sku).map(|sku| sku.name.clone()).unwrap_or_default();
        let body = json!({
            "kind": "licensing#licenseAssignment", "selfLink": link, "userId": email, "productId": product, "skuId": sku,
            "skuName": name, "productName": if product == ARCHIVED_USER_PRODUCT { "Archived User" } else { "Google Workspace" },
        });
        tagged(body, "etags")
    }

    fn licensed_user(&self, key: &str) -> Result<String, Answer> {
        self.find_user(key).map(|user| user.id.clone()).ok_or_else(|| invalid("Invalid value for: userId"))
    }

    fn position(&self, product: &str, sku: &str, user: &str) -> Result<usize, Answer> {
        let held = |license: &License| license.product == product && license.sku == sku && license.user == user;
        self.licenses.iter().position(held).ok_or_else(|| missing("User does not have a license for specified sku and product"))
    }

    pub(super) fn list_licenses(&self, product: &str, sku: Option<&str>, request: &Request) -> Outcome {
        let customer = request.parameter("customerId").ok_or_else(|| required("customerId"))?;
        let alias = customer == "my_customer" && self.quirks.licensing_knows_my_customer;
        if customer != self.customer_id && !self.domains.contains(&customer) && !alias {
            return Err(invalid("Invalid value for: customerId"));
        }
        match sku {
            Some(sku) => drop(self.sku(product, sku)?),
            None if self.skus.iter().any(|sku| sku.product == product) => {}
            None => return Err(missing("The product does not exist")),
        }
        let listed = |license: &&License| license.product == product && sku.is_none_or(|sku| sku == license.sku);
        let mut rows: Vec<(String, &License)> =
            self.licenses.iter().filter(listed).map(|license| (format!("{}/{}", license.user, license.sku), license)).collect();
        rows.sort_by(|a, b| a.0.cmp(&b.0));
        let (licenses, next) = page(rows, false, request, PAGE, self.now())?;
        let items: Vec<Value> = licenses.into_iter().map(|license| self.shown_license(license)).collect();
        let mut body = json!({"kind": "licensing#licenseAssignmentList", "items": items});
        if let Some(next) = next {
            body["nextPageToken"] = json!(next);
        }
        Ok(found(&tagged(body, "etag")))
    }

    pub(super) fn get_license(&self, product: &str, sku: &str, user: &str) -> Outcome {
        self.sku(product, sku)?;
        let index = self.position(product, sku, &self.licensed_user(user)?)?;
        Ok(found(&self.shown_license(&self.licenses[index])))
    }

    /// One SKU of a product at a time, while there are seats.
    pub(super) fn insert_license(&mut self, product: &str, sku: &str, request: &Request) -> Outcome {
        let body = object(request)?;
        let user = body.get("userId").and_then(Value::as_str).ok_or_else(|| required("userId"))?;
        self.sku(product, sku)?;
        let user = self.licensed_user(user)?;
        if self.is_unready(&user) {
            return Err(invalid("Invalid value for: userId"));
        }
        if self.licenses.iter().any(|license| license.user == user && license.product == product) {
            return Err(condition("User already has a license for the specified product and SKU"));
        }
        self.check_seats(product, sku)?;
        let license = License { product: product.to_owned(), sku: sku.to_owned(), user };
        self.licenses.push(license.clone());
        Ok(found(&self.shown_license(&license)))
    }

    fn check_seats(&self, product: &str, sku: &str) -> Result<(), Answer> {
        if self.free_seats(product, sku) == 0 {
            return Err(condition("There aren't enough available licenses for the specified product-SKU pair."));
        }
        Ok(())
    }

    fn check_automatic(&self, product: &str, sku: &str) -> Result<(), Answer> {
        let automatic = self.quirks.automatic_license.as_ref();
        if automatic.is_some_and(|(of, name)| of == product && name == sku) {
            return Err(condition("Auto License un-assignment is not allowed."));
        }
        Ok(())
    }

    pub(super) fn delete_license(&mut self, product: &str, sku: &str, user: &str) -> Outcome {
        self.sku(product, sku)?;
        let index = self.position(product, sku, &self.licensed_user(user)?)?;
        self.check_automatic(product, sku)?;
        self.licenses.remove(index);
        Ok(Answer::json(200, &json!({})))
    }

    /// Another SKU of the same product.
    pub(super) fn move_license(&mut self, product: &str, sku: &str, user: &str, request: &Request) -> Outcome {
        let body = object(request)?;
        self.sku(product, sku)?;
        let index = self.position(product, sku, &self.licensed_user(user)?)?;
        let text = |name: &str| body.get(name).and_then(Value::as_str);
        if text("productId").is_some_and(|other| other != product) {
            return Err(bad_request());
        }
        let target = text("skuId").unwrap_or(sku).to_owned();
        self.sku(product, &target)?;
        if target != sku {
            self.check_seats(product, &target)?;
        }
        self.licenses[index].sku = target;
        Ok(found(&self.shown_license(&self.licenses[index])))
    }

    /// Archiving swaps the ordinary licence for an Archived User one, and back. Nobody is archived without a seat.
    pub(super) fn archive(&mut self, user: &mut User, archived: bool) -> Result<(), Answer> {
        let no_seat = || condition("There aren't enough available Archived User licenses.");
        if archived {
            let free = |sku: &&Sku| sku.product == ARCHIVED_USER_PRODUCT && self.free_seats(&sku.product, &sku.id) > 0;
            let sku = self.skus.iter().find(free).map(|sku| sku.id.clone()).ok_or_else(no_seat)?;
            let ordinary = self.licenses.iter().find(|license| license.user == user.id && license.product == "Google-Apps");
            user.archived_from = ordinary.map(|license| (license.product.clone(), license.sku.clone()));
            self.licenses.retain(|license| license.user != user.id || license.product != "Google-Apps");
            self.licenses.push(License { product: ARCHIVED_USER_PRODUCT.to_owned(), sku, user: user.id.clone() });
        } else {
            let before = user.archived_from.take();
            if let Some((product, sku)) = &before {
                self.check_seats(product, sku)?;
            }
            self.licenses.retain(|license| license.user != user.id || license.product != ARCHIVED_USER_PRODUCT);
            self.licenses.extend(before.map(|(product, sku)| License { product, sku, user: user.id.clone() }));
        }
        user.archived = archived;
        Ok(())
    }
}
