const analytics = require('@adobe/aio-lib-analytics')

exports.main = async () => {
  await analytics.init('company', 'api-key', 'token')
  return { statusCode: 200 }
}
