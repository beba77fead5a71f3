"""Who acts on what: plans, assignments, tours, cases."""

from spatial_api.routes.dispatch import assign, cases, plan

ROUTERS = (cases.router, plan.router, assign.router)
