console.log('ocean');
