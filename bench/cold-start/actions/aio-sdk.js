const { Core } = require('@adobe/aio-sdk')

exports.main = async () => {
  Core.Logger('bench', { level: 'error' }).info('started')
  return { statusCode: 200 }
}
