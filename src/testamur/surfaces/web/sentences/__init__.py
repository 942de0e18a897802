"""What each refusal is told as, by storey; `refusals` knows them all."""
