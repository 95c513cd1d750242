"""The project's own demo data: made-up licences of real kinds, in the styles in which agencies keep them."""
