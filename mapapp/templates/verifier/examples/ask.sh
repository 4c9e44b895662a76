base=https://BASE
curl -s -H 'Accept: application/jose' \
  "$base/api/v1/verify?code=CDD0203&action=train&occupation=6480201&training_level=college&on=2019-06-30&nonce=$RANDOM" \
  > answer.jws
curl -s "$base/.well-known/jwks.json" > jwks.json
